package org.quantvoice.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.quantvoice.server.SpeechService.WORDS;
import static org.quantvoice.server.SpeechService.good;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quantvoice.internal.json.JsonReader;

/** More to do than can be done: who does not fit is told at once, the others are served. */
final class OverloadTest {
    @TempDir
    private Path uploads;

    private static String code(HttpResponse<String> response) {
        return SpeechService.error(response).get("code").string();
    }

    /** Holds places by uploads that do not end. */
    private static List<RawClient> unfinished(SpeechService service, int count) throws Exception {
        byte[] whole = good().bytes();
        List<RawClient> open = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            open.add(new RawClient(service.server()).upload(whole.length).send(new byte[] {whole[0]}));
        }
        for (int i = 0; i < 600 && service.server().recordings() < count; i++) {
            Thread.sleep(50);
        }
        assertThat(service.server().recordings()).isEqualTo(count);
        return open;
    }

    @Test
    void aFullQueueIsTold() throws Exception {
        try (SpeechService service = new SpeechService(
                SpeechServer.builder().uploadFolder(uploads).recordings(1, 2, Duration.ofSeconds(60)))) {
            List<RawClient> open = unfinished(service, 3);
            HttpResponse<String> refused = service.post(good());
            assertThat(refused.statusCode()).isEqualTo(429);
            assertThat(code(refused)).isEqualTo("queue_full");
            assertThat(Integer.parseInt(
                            refused.headers().firstValue("Retry-After").orElseThrow()))
                    .isBetween(1, 120);
            open.get(0).close();
            for (int i = 0; i < 600 && service.server().recordings() == 3; i++) {
                Thread.sleep(50);
            }
            assertThat(service.post(good()).statusCode()).isEqualTo(200);
            assertThat(service.get("metrics").body()).contains("quantvoice_refused_total{reason=\"queue_full\"} 1");
            for (RawClient one : open) {
                one.close();
            }
        }
    }

    @Test
    void oneClientDoesNotTakeAllPlaces() throws Exception {
        try (SpeechService service =
                new SpeechService(SpeechServer.builder().maxPerClient(2).uploadFolder(uploads))) {
            List<RawClient> open = unfinished(service, 2);
            HttpResponse<String> refused = service.post(good());
            assertThat(refused.statusCode()).isEqualTo(429);
            assertThat(code(refused)).isEqualTo("client_limit");
            assertThat(Client.connect(service.server()).closeCode()).isEqualTo(1013);
            for (RawClient one : open) {
                one.close();
            }
        }
    }

    /** Many at once, more than there are slots: all are served, in turn. */
    @Test
    void whoWaitsIsServed() throws Exception {
        try (SpeechService service = new SpeechService(
                SpeechServer.builder().uploadFolder(uploads).recordings(1, 15, Duration.ofSeconds(60)))) {
            List<CompletableFuture<HttpResponse<String>>> all = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
                all.add(CompletableFuture.supplyAsync(() -> {
                    try {
                        return service.post(good());
                    } catch (Exception e) {
                        throw new AssertionError(e);
                    }
                }));
            }
            for (var one : all) {
                HttpResponse<String> response = one.get(120, TimeUnit.SECONDS);
                assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
                assertThat(JsonReader.parse(response.body()).get("text").string())
                        .isEqualTo(WORDS);
            }
        }
    }

    /** What is under way is done; what comes later, and what does not end, is told. */
    @Test
    void closingWaitsForWhatIsUnderWay() throws Exception {
        SpeechService service =
                new SpeechService(SpeechServer.builder().uploadFolder(uploads).drain(Duration.ofSeconds(30)));
        byte[] whole = good().bytes();
        List<RawClient> open = unfinished(service, 1);
        Thread closing = new Thread(service::close);
        closing.start();
        HttpResponse<String> ready = service.get("readyz");
        for (int i = 0; i < 600 && ready.statusCode() == 200; i++) {
            Thread.sleep(20);
            ready = service.get("readyz");
        }
        assertThat(ready.body()).contains("stopping");
        assertThat(service.post(good()).statusCode()).isEqualTo(503);
        RawClient last = open.get(0);
        last.send(Arrays.copyOfRange(whole, 1, whole.length));
        assertThat(last.status()).isEqualTo(200);
        closing.join(60_000);
        assertThat(closing.isAlive()).isFalse();
        last.close();
    }

    @Test
    void whatDoesNotEndIsCut() throws Exception {
        SpeechService service =
                new SpeechService(SpeechServer.builder().uploadFolder(uploads).drain(Duration.ofMillis(200)));
        List<RawClient> open = unfinished(service, 2);
        service.close();
        for (RawClient one : open) {
            one.close();
        }
        assertThat(service.server().recordings()).isZero();
        assertThat(uploads).isEmptyDirectory();
    }
}
