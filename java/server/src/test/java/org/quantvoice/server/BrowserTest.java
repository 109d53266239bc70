package org.quantvoice.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The page in a real browser: headless Chromium with a microphone that plays a file. The browser is driven through its
 * debugging port. Skipped, with a warning, where Chromium is not installed; {@code -Dquantvoice.screenshot=FILE} keeps a
 * picture of the page.
 */
final class BrowserTest {
    private static final Logger LOG = LoggerFactory.getLogger(BrowserTest.class);
    private static final int RATE = ServedSpeech.RATE;
    private static final String OTHER_NAME = "captions.test";
    private static final String FINISHED = text("state") + " === 'finished' ? 'yes' : ''";
    private static final String DROP =
            """
            (base64 => {
              const bytes = Uint8Array.from(atob(base64), c => c.charCodeAt(0));
              const data = new DataTransfer();
              data.items.add(new File([bytes], 'dropped.wav', {type: 'audio/wav'}));
              document.body.dispatchEvent(
                  new DragEvent('drop', {dataTransfer: data, bubbles: true, cancelable: true}));
            })('%s')""";

    @TempDir
    private static Path folder;

    private static ServedSpeech served;
    private static Process browser;
    private static Path wav;

    private BrowserPage page;

    @BeforeAll
    static void start() throws IOException {
        Optional<Path> chromium = chromium();
        if (chromium.isEmpty()) {
            LOG.warn("SKIPPED: the page was not tested in a browser; install chromium to test it");
        }
        assumeTrue(chromium.isPresent(), "chromium is not installed");
        served = ServedSpeech.start(0.7);
        wav = recording();
        browser = launch(chromium.get());
    }

    @AfterAll
    static void stop() throws InterruptedException {
        if (browser != null) {
            browser.descendants().forEach(ProcessHandle::destroy);
            browser.destroy();
            browser.waitFor(20, TimeUnit.SECONDS);
        }
        if (served != null) {
            served.close();
        }
    }

    @BeforeEach
    void open() throws Exception {
        page = BrowserPage.open(
                folder.resolve("profile"), browser, served.server().url());
    }

    @AfterEach
    void everyPlaceIsFreeAgain() throws InterruptedException {
        page.close();
        served.awaitNobody();
    }

    private static String text(String id) {
        return "document.getElementById('" + id + "').textContent";
    }

    private void click(String id) throws Exception {
        page.run("document.getElementById('" + id + "').click()");
    }

    private void awaitFinal() throws Exception {
        page.await("finals", "document.getElementById('srt').classList.contains('off') ? '' : 'yes'");
    }

    private String captions() throws Exception {
        return page.run("document.getElementById('captions').innerText");
    }

    private void assertNoProblem() throws Exception {
        assertThat(page.run("document.getElementById('problem').hidden ? '' : " + text("problem")))
                .isEmpty();
    }

    private String saved(String id) throws Exception {
        return page.run("fetch(document.getElementById('" + id + "').href).then(r => r.text())");
    }

    /** A recording of a format that the browser need not know, and its progress. */
    @Test
    void aFlacFileIsSentToTheServer() throws Exception {
        page.run(
                """
                window.states = []; new MutationObserver(() => states.push(document.getElementById('state').textContent))
                    .observe(document.getElementById('state'), {childList: true, characterData: true, subtree: true})""");
        page.choose("#file", SpeechService.RECORDING);
        page.await("the end", FINISHED);
        assertThat(captions()).contains(SpeechService.WORDS);
        assertThat(page.run("states.join()")).contains("sending 100 %", "transcribing", "finished");
    }

    @Test
    void aServerWithKeysAsksForOne() throws Exception {
        try (SpeechServer guarded = served.serve(SpeechServer.builder().apiKey("secret"));
                BrowserPage other = BrowserPage.open(folder.resolve("profile"), browser, guarded.url())) {
            other.await("a question", "document.getElementById('asked').hidden ? '' : 'yes'");
            other.run("document.getElementById('key').value = 'secret';"
                    + " document.getElementById('key').dispatchEvent(new Event('change'))");
            other.choose("#file", wav);
            other.await("the end", FINISHED);
            other.run("document.getElementById('microphone').click()");
            other.await("level", "document.getElementById('level').value > -50 ? 'yes' : ''");
            other.await("a connection", text("state") + ".startsWith('listening') ? 'yes' : ''");
        }
    }

    private void drop() throws Exception {
        page.run(DROP.formatted(Base64.getEncoder().encodeToString(Files.readAllBytes(wav))));
    }

    @Test
    void aMicrophoneGivesCaptions() throws Exception {
        click("microphone");
        awaitFinal();
        LOG.info("the page says: {}", captions().replace('\n', ' '));
        assertThat(captions()).contains(ServedSpeech.WORDS);
        assertThat(page.run(text("rtf"))).startsWith("RTF 0.");
        assertThat(page.run(text("latency"))).matches("latency \\d+ ms \\(server \\d+\\.\\d ms\\)");
        page.await("level", "document.getElementById('level').value > -50 ? 'yes' : ''");
        String picture = System.getProperty("quantvoice.screenshot", "");
        if (!picture.isEmpty()) {
            page.await("more", "document.querySelectorAll('#captions p').length > 3 ? 'yes' : ''");
            page.screenshot(Path.of(picture));
        }
        click("stop");
        page.await("the end", FINISHED);
        assertNoProblem();
        assertThat(saved("srt")).contains("00:00:0", " --> ", ServedSpeech.WORDS);
        assertThat(saved("vtt")).startsWith("WEBVTT").contains(ServedSpeech.WORDS);
    }

    /** One chunk is held up for a while; those behind it wait in the network, where the server's clock does not see them. */
    @Test
    void whatWaitsOnTheWayCountsAsLatency() throws Exception {
        served.onNextStream(event -> sleep(1_500));
        page.run(
                "window.seen = []; new MutationObserver(() => seen.push(" + text("latency")
                        + ")).observe(document.getElementById('latency'), {childList: true, characterData: true, subtree: true})");
        click("microphone");
        page.await(
                "latency that the server does not see",
                """
                seen.find(line => {
                  const [, all, server] = line.match(/^latency (\\d+) ms \\(server ([\\d.]+) ms\\)$/);
                  return all - server > 300 && server < 1000;
                }) || ''""");
        String below = page.run(
                """
                seen.find(line => {
                  const [, all, server] = line.match(/^latency (\\d+) ms \\(server ([\\d.]+) ms\\)$/);
                  return all < server - 1;
                }) || ''""");
        assertThat(below).as("a whole that is less than its part").isEmpty();
        click("stop");
        page.await("the end", FINISHED);
    }

    private static void sleep(int millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aDroppedFileGivesCaptionsAndThenAnother() throws Exception {
        for (int i = 0; i < 2; i++) {
            drop();
            awaitFinal();
            page.await("the end", FINISHED);
            assertThat(captions()).containsOnlyOnce(ServedSpeech.WORDS);
            assertThat(saved("srt")).contains("00:00:02,", " --> ", ServedSpeech.WORDS);
            assertThat(saved("vtt")).startsWith("WEBVTT\n\n00:00:02.").contains(ServedSpeech.WORDS);
            assertThat(page.run("document.getElementById('progress').hidden")).isEqualTo("true");
            assertThat(page.run(text("rtf"))).startsWith("RTF ");
            assertNoProblem();
            page.run("document.getElementById('state').textContent = 'seen'");
            page.run("document.getElementById('srt').classList.add('off')");
        }
    }

    @Test
    void aFileThatIsChosenGivesCaptionsAndCanBeChosenAgain() throws Exception {
        page.choose("#file", wav);
        awaitFinal();
        page.await("the end", FINISHED);
        assertThat(captions()).containsOnlyOnce(ServedSpeech.WORDS);
        assertThat(page.run("document.getElementById('file').value")).isEmpty();
    }

    @Test
    void whatIsNoAudioIsRefused() throws Exception {
        page.run(DROP.formatted(Base64.getEncoder().encodeToString("no audio".getBytes(StandardCharsets.UTF_8))));
        page.await("refusal", "document.getElementById('problem').hidden ? '' : 'yes'");
        assertThat(page.run(text("problem")))
                .startsWith("dropped.wav: Got the file: ")
                .contains("expected");
        drop();
        page.await("the end", FINISHED);
        assertThat(captions()).contains(ServedSpeech.WORDS);
    }

    @Test
    void aFileDoesNotDisturbTheMicrophone() throws Exception {
        click("microphone");
        page.await("level", "document.getElementById('level').value > -50 ? 'yes' : ''");
        drop();
        page.choose("#file", wav);
        Thread.sleep(1_000); // in which a second connection would be made
        assertThat(served.server().streams()).isEqualTo(1);
        awaitFinal();
        click("stop");
        page.await("the end", FINISHED);
        assertThat(captions()).contains(ServedSpeech.WORDS);
        assertNoProblem();
    }

    /** A server whose first guess turns out to be nothing: played by the page, since silence does not make one surely. */
    @Test
    void aGuessThatWasNothingDisappears() throws Exception {
        page.run(
                """
                window.WebSocket = class {
                  static OPEN = 1;
                  constructor() { this.readyState = 1; this.bufferedAmount = 0; window.fake = this; }
                  send() {}
                  tell(event) { this.onmessage({data: JSON.stringify(event)}); }
                };""");
        click("microphone");
        page.await("connection", "window.fake && fake.onmessage ? 'yes' : ''");
        page.run("fake.tell({type: 'ready', model: 'm', sampleRate: 16000, latencySeconds: 0.5})");
        page.run("fake.tell({type: 'partial', utterance: 0, committed: [], end: 0.64, latencyMs: 1, rtf: 0.1,"
                + " pending: [{word: 'oh', start: 0.1, end: 0.2, confidence: 0.5}]})");
        assertThat(captions()).contains("oh");
        page.run("fake.tell({type: 'partial', utterance: 0, committed: [], pending: [], end: 1.28, latencyMs: 1,"
                + " rtf: 0.1})");
        assertThat(captions()).isBlank();
        page.run("fake.tell({type: 'partial', utterance: 0, committed: [], end: 1.92, latencyMs: 1, rtf: 0.1,"
                + " pending: [{word: 'one', start: 1.5, end: 1.7, confidence: 0.5}]})");
        assertThat(captions()).contains("one").doesNotContain("oh");
    }

    /** As if it were opened by an address of the network, which neither the server's origins nor browsers' microphones like. */
    @Test
    void aPageOfAnotherNameIsToldWhatToDo() throws Exception {
        String url = "http://" + OTHER_NAME + ":" + served.server().port();
        try (BrowserPage other = BrowserPage.open(folder.resolve("profile"), browser, url + "/")) {
            other.run("document.getElementById('microphone').click()");
            other.await("refusal", "document.getElementById('problem').hidden ? '' : 'yes'");
            assertThat(other.run(text("problem"))).contains("localhost");
            other.run(DROP.formatted(Base64.getEncoder().encodeToString(Files.readAllBytes(wav))));
            other.await("hint", text("problem") + ".includes('--allow-origin " + url + "') ? 'yes' : ''");
        }
    }

    private static Optional<Path> chromium() {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .flatMap(at -> Stream.of("chromium", "chromium-browser", "google-chrome")
                        .map(n -> Path.of(at, n)))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private static Process launch(Path chromium) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                chromium.toString(),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--no-first-run",
                "--window-size=900,600",
                "--user-data-dir=" + folder.resolve("profile"),
                "--remote-debugging-port=0",
                "--remote-allow-origins=*",
                "--host-resolver-rules=MAP " + OTHER_NAME + " 127.0.0.1",
                "--use-fake-ui-for-media-stream",
                "--use-fake-device-for-media-stream",
                "--use-file-for-fake-audio-capture=" + wav));
        command.add("about:blank");
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("browser.log").toFile())
                .start();
    }

    /** An utterance and some silence; the browser's microphone plays it over and over. */
    private static Path recording() throws IOException {
        float[] speech = ServedSpeech.speech();
        int samples = speech.length + 4 * RATE;
        ByteBuffer wav = ByteBuffer.allocate(44 + 2 * samples).order(ByteOrder.LITTLE_ENDIAN);
        wav.put("RIFF".getBytes(StandardCharsets.US_ASCII)).putInt(36 + 2 * samples);
        wav.put("WAVEfmt ".getBytes(StandardCharsets.US_ASCII)).putInt(16);
        wav.putShort((short) 1).putShort((short) 1).putInt(RATE).putInt(2 * RATE);
        wav.putShort((short) 2).putShort((short) 16);
        wav.put("data".getBytes(StandardCharsets.US_ASCII)).putInt(2 * samples);
        wav.position(44 + 2 * 2 * RATE); // 2 s of silence first
        for (float x : speech) {
            wav.putShort((short) Math.round(x * 32_768));
        }
        return Files.write(folder.resolve("microphone.wav"), wav.array());
    }
}
