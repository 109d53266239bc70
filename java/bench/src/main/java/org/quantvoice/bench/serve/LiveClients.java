package org.quantvoice.bench.serve;

import static java.util.Objects.requireNonNull;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Clients of the page's protocol. Each sends a recording again and again at the speed of speech, a tenth of a second
 * per message.
 */
final class LiveClients {
    private static final int PIECE = 3_200;
    private static final int WAV_HEADER = 44;
    private static final Pattern END = Pattern.compile("\"end\":([0-9.]+)");

    private final byte[] pcm;
    private final List<Speaker> speakers = new ArrayList<>();
    private final ConcurrentLinkedQueue<Double> millis = new ConcurrentLinkedQueue<>();
    private final AtomicInteger finals = new AtomicInteger();
    private final CountDownLatch ended;

    LiveClients(URI url, byte[] wav, int count) {
        pcm = Arrays.copyOfRange(wav, WAV_HEADER, wav.length);
        ended = new CountDownLatch(count);
        HttpClient http = HttpClient.newHttpClient();
        URI at = URI.create(url.toString().replace("http:", "ws:") + "live");
        for (int i = 0; i < count; i++) {
            Speaker speaker = new Speaker();
            WebSocket socket =
                    http.newWebSocketBuilder().buildAsync(at, speaker).join();
            speaker.socket = socket;
            socket.sendText("{\"type\":\"start\",\"rate\":16000}", true).join();
            speakers.add(speaker);
        }
    }

    private final class Speaker implements WebSocket.Listener {
        private final StringBuilder text = new StringBuilder();
        private final List<Long> sent = new ArrayList<>();
        private @Nullable WebSocket socket;

        /**
         * Computes the lateness of an event. Its end is the second up to which it reports; that sound was sent with the
         * piece that holds this second.
         */
        @Override
        public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
            text.append(data);
            if (last) {
                long now = System.nanoTime();
                String event = text.toString();
                text.setLength(0);
                Matcher end = END.matcher(event.substring(Math.max(0, event.lastIndexOf("\"end\":"))));
                if (event.startsWith("{\"type\":\"partial\"") && end.find()) {
                    millis.add((now - sentAt(Double.parseDouble(end.group(1)))) / 1e6);
                } else if (event.startsWith("{\"type\":\"final\"")) {
                    finals.incrementAndGet();
                } else if (event.startsWith("{\"type\":\"end\"")) {
                    ended.countDown();
                }
            }
            from.request(1);
            return null;
        }

        private synchronized long sentAt(double second) {
            int piece = (int) Math.ceil(second * 10 - 1e-6) - 1;
            return sent.get(Math.max(0, Math.min(sent.size() - 1, piece)));
        }

        private void send(int number) {
            int at = number * PIECE % (pcm.length - PIECE);
            synchronized (this) {
                sent.add(System.nanoTime());
            }
            requireNonNull(socket)
                    .sendBinary(ByteBuffer.wrap(pcm, at, PIECE), true)
                    .join();
        }
    }

    /** Sends audio for a time, then ends all streams and waits for their last events. */
    void speak(int seconds) throws InterruptedException {
        ScheduledExecutorService clock = Executors.newScheduledThreadPool(4);
        for (int s = 0; s < speakers.size(); s++) {
            Speaker speaker = speakers.get(s);
            AtomicInteger number = new AtomicInteger();
            clock.scheduleAtFixedRate(
                    () -> speaker.send(number.getAndIncrement()),
                    s * 1_000L / speakers.size(),
                    100,
                    TimeUnit.MILLISECONDS);
        }
        Thread.sleep(seconds * 1_000L);
        clock.shutdown();
        clock.awaitTermination(10, TimeUnit.SECONDS);
        speakers.forEach(s ->
                requireNonNull(s.socket).sendText("{\"type\":\"stop\"}", true).join());
        ended.await(60, TimeUnit.SECONDS);
    }

    @Override
    public String toString() {
        double[] sorted =
                millis.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        return String.format(
                Locale.ROOT,
                "%d streams, %d ended well, %d utterances; from sending the end of a chunk to its words: p50 %.0f ms, p99 %.0f"
                        + " ms, most %.0f ms (%d chunks)",
                speakers.size(),
                speakers.size() - ended.getCount(),
                finals.get(),
                sorted[sorted.length / 2],
                sorted[sorted.length * 99 / 100],
                sorted[sorted.length - 1],
                sorted.length);
    }
}
