package org.quantvoice.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quantvoice.QuantSession;
import org.quantvoice.audio.AudioCorpus;
import org.quantvoice.audio.AudioFiles;
import org.quantvoice.engine.Engine;
import org.quantvoice.stream.EndpointRules;
import org.quantvoice.stream.StreamOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The page in a real browser: headless Chromium with a microphone that plays a file. The browser is driven through its
 * debugging port. Skipped, with a warning, where Chromium is not installed; {@code -Dquantvoice.screenshot=FILE} keeps a
 * picture of the page.
 */
final class BrowserTest {
    private static final Logger LOG = LoggerFactory.getLogger(BrowserTest.class);
    private static final int RATE = 16_000;

    @TempDir
    private Path folder;

    @Test
    void aMicrophoneGivesCaptions() throws Exception {
        Optional<Path> chromium = chromium();
        if (chromium.isEmpty()) {
            LOG.warn("SKIPPED: the page was not tested in a browser; install chromium to test it");
        }
        assumeTrue(chromium.isPresent(), "chromium is not installed");
        StreamOptions options = StreamOptions.builder()
                .endpoints(EndpointRules.defaults().withSilenceAfterSpeech(0.7))
                .build();
        try (QuantSession session = QuantSession.builder()
                        .model("u2-digits")
                        .engine(Engine.LIBTORCH)
                        .threads(1)
                        .build();
                CaptionServer server = CaptionServer.start(
                        new ServeOptions("127.0.0.1", 0, 2, 1 << 16, Duration.ofSeconds(60), List.of()),
                        new CaptionSource(
                                "u2-digits", RATE, session.latency(options), () -> session.stream(options)))) {
            Process browser = launch(chromium.get());
            try {
                check(browser, server);
            } finally {
                browser.descendants().forEach(ProcessHandle::destroy);
                browser.destroy();
                browser.waitFor(20, TimeUnit.SECONDS);
            }
        }
    }

    private void check(Process browser, CaptionServer server) throws Exception {
        try (BrowserPage page = BrowserPage.open(folder.resolve("profile"), browser, server.url())) {
            page.run("document.getElementById('microphone').click()");
            page.await("finals", "document.getElementById('srt').classList.contains('off') ? '' : 'yes'");
            String words = page.run("document.getElementById('captions').innerText");
            LOG.info("the page says: {}", words.replace('\n', ' '));
            assertThat(words).contains("eight five six");
            assertThat(page.run("document.getElementById('rtf').textContent")).startsWith("RTF 0.");
            assertThat(page.run("document.getElementById('latency').textContent"))
                    .endsWith(" ms");
            page.await("level", "document.getElementById('level').value > -50 ? 'yes' : ''");
            String picture = System.getProperty("quantvoice.screenshot", "");
            if (!picture.isEmpty()) {
                page.screenshot(Path.of(picture));
            }
            page.run("document.getElementById('stop').click()");
            page.await("the end", "document.getElementById('state').textContent === 'finished' ? 'yes' : ''");
            assertThat(page.run("String(document.getElementById('problem').hidden)"))
                    .isEqualTo("true");
            String srt = page.run("fetch(document.getElementById('srt').href).then(r => r.text())");
            assertThat(srt).contains("00:00:0").contains(" --> ").contains("eight five six");
        }
    }

    private static Optional<Path> chromium() {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .flatMap(at -> Stream.of("chromium", "chromium-browser", "google-chrome")
                        .map(n -> Path.of(at, n)))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private Process launch(Path chromium) throws IOException {
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
                "--use-fake-ui-for-media-stream",
                "--use-fake-device-for-media-stream",
                "--use-file-for-fake-audio-capture=" + microphone()));
        command.add("about:blank");
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("browser.log").toFile())
                .start();
    }

    /** An utterance and some silence; the browser plays it over and over. */
    private Path microphone() throws IOException {
        Path tsv = Path.of(System.getProperty("quantvoice.root"), "models/digits/test/test.tsv");
        float[] speech = AudioCorpus.tsv(tsv).items().stream()
                .filter(i -> i.id().equals("test-nicolas-17"))
                .map(i -> AudioFiles.read(i.file()).samples())
                .findFirst()
                .orElseThrow();
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
