package org.quantvoice.internal.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.quantvoice.error.AudioFormatException;
import org.quantvoice.error.DecoderException;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.stream.Endpoint;
import org.quantvoice.stream.EndpointRules;
import org.quantvoice.stream.StreamEvent;
import org.quantvoice.stream.StreamOptions;
import org.quantvoice.stream.TranscriptStream;
import org.quantvoice.stream.WindowOptions;

final class TranscriptStreamTest {
    private static final double FRAME_SECONDS = 0.04;

    private static StreamOptions options(UnaryOperator<EndpointRules> rules) {
        return StreamOptions.builder()
                .chunkFrames(5)
                .endpoints(rules.apply(EndpointRules.none()))
                .build();
    }

    private static float[] frames(int count) {
        return new float[count * ScriptedModel.FRAME + 720];
    }

    private static List<StreamEvent.Final> finals(String script, int frames, StreamOptions options) {
        List<StreamEvent.Final> finals = new ArrayList<>();
        try (TranscriptStream stream = new ScriptedModel(script).stream(options)) {
            stream.onEvent(e -> {
                if (e instanceof StreamEvent.Final last) {
                    finals.add(last);
                }
            });
            stream.accept(frames(frames));
            stream.finish();
        }
        return finals;
    }

    @Test
    void silenceAfterSpeechEndsAnUtteranceAndTimesGoOn() {
        String script = "__ab|c" + "_".repeat(24) + "bb" + "_".repeat(30);
        List<StreamEvent.Final> finals = finals(script, 60, options(r -> r.withSilenceAfterSpeech(0.8)));
        assertThat(finals).extracting(StreamEvent.Final::text).containsExactly("ab c", "b");
        assertThat(finals).extracting(StreamEvent.Final::utterance).containsExactly(0, 1);
        assertThat(finals.get(0).reason()).isEqualTo(Endpoint.SILENCE_AFTER_SPEECH);
        assertThat(finals.get(0).words().get(0).start()).isCloseTo(2 * FRAME_SECONDS, within(1e-9));
        assertThat(finals.get(0).words().get(1).end()).isCloseTo(6 * FRAME_SECONDS, within(1e-9));
        // 20 silent frames behind frame 6; looked at every 5 frames
        assertThat(finals.get(0).end()).isCloseTo(30 * FRAME_SECONDS, within(1e-9));
        assertThat(finals.get(1).start()).isEqualTo(finals.get(0).end());
        assertThat(finals.get(1).words().get(0).start()).isCloseTo(30 * FRAME_SECONDS, within(1e-9));
    }

    @Test
    void aPauseBelowTheRuleDoesNotEndIt() {
        List<StreamEvent.Final> finals =
                finals("ab" + "|" + "_".repeat(18) + "c", 40, options(r -> r.withSilenceAfterSpeech(0.8)));
        assertThat(finals.get(0).text()).isEqualTo("ab c");
    }

    @Test
    void theMaximalLengthEndsAnUtterance() {
        List<StreamEvent.Final> finals = finals("a_".repeat(50), 100, options(r -> r.withMaxLength(1)));
        assertThat(finals).hasSize(4);
        assertThat(finals).allMatch(f -> f.end() - f.start() < 1.2001);
        assertThat(finals.get(0).reason()).isEqualTo(Endpoint.MAXIMAL_LENGTH);
    }

    @Test
    void longSilenceIsNotTold() {
        List<StreamEvent> events = new ArrayList<>();
        try (TranscriptStream stream =
                new ScriptedModel("_".repeat(5_000) + "ab").stream(options(r -> r.withLongSilence(2)))) {
            stream.onEvent(events::add);
            for (int i = 0; i < 5_100; i++) {
                stream.accept(new float[ScriptedModel.FRAME]);
            }
            assertThat(stream.finish().map(StreamEvent::text)).contains("ab");
        }
        assertThat(events.stream().filter(StreamEvent.Final.class::isInstance)).hasSize(1);
        assertThat(events.get(events.size() - 1).utterance()).isZero();
    }

    @Test
    void theSecondPassAddsUpAsDocumented() {
        StreamOptions options = StreamOptions.builder()
                .ctcWeight(0)
                .reverseWeight(0.25)
                .endpoints(EndpointRules.none())
                .build();
        StreamEvent.Final only = finals("ab_c", 30, options).get(0);
        // every token costs the same, so the shortest hypothesis of the first pass wins
        int tokens = only.text().replace(" ", "|").length();
        assertThat(only.score()).isCloseTo((tokens + 1) * ScriptedModel.LETTER * (0.75 + 0.25 / 2), within(1e-6));
    }

    @Test
    void theWholeUtteranceCanBeOneChunk() {
        List<StreamEvent> events = new ArrayList<>();
        StreamOptions whole = StreamOptions.builder()
                .chunkFrames(StreamOptions.WHOLE)
                .endpoints(EndpointRules.none().withMaxLength(2))
                .build();
        try (TranscriptStream stream = new ScriptedModel("ab" + "_".repeat(60) + "c").stream(whole)) {
            stream.onEvent(events::add);
            stream.accept(frames(80));
            stream.finish();
        }
        assertThat(events).allMatch(StreamEvent.Final.class::isInstance);
        assertThat(events).extracting(StreamEvent::text).containsExactly("ab", "c");
    }

    @Test
    void aBadSampleIsRefusedAndChangesNothing() {
        try (TranscriptStream stream = new ScriptedModel("ab").stream(options(r -> r))) {
            stream.accept(frames(3));
            float[] bad = frames(3);
            bad[7] = Float.NaN;
            assertThatThrownBy(() -> stream.accept(bad))
                    .isInstanceOf(AudioFormatException.class)
                    .hasMessageContaining("sample 7");
            stream.accept(frames(10));
            assertThat(stream.finish().map(StreamEvent::text)).contains("ab");
        }
    }

    @Test
    void aFinishedOrClosedStreamTakesNothing() {
        TranscriptStream stream = new ScriptedModel("ab").stream(options(r -> r));
        stream.accept(frames(10));
        stream.finish();
        assertThatThrownBy(() -> stream.accept(frames(1))).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(stream::finish).isInstanceOf(IllegalStateException.class);
        stream.close();
        stream.close();
        TranscriptStream closed = new ScriptedModel("ab").stream(options(r -> r));
        closed.close();
        assertThatThrownBy(() -> closed.accept(frames(1)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("CANCELLED");
    }

    @Test
    void aSecondThreadIsRefusedAndCancellingWaits() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        ScriptedModel model = new ScriptedModel("ab", () -> {
            inside.countDown();
            await(goOn);
        });
        TranscriptStream stream = model.stream(options(r -> r));
        CompletableFuture<Void> first = CompletableFuture.runAsync(() -> stream.accept(frames(50)));
        await(inside);
        assertThatThrownBy(() -> stream.accept(frames(1)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("another thread");
        CompletableFuture<Void> cancelled = CompletableFuture.runAsync(stream::cancel);
        goOn.countDown();
        cancelled.get(60, TimeUnit.SECONDS);
        first.get(60, TimeUnit.SECONDS);
        assertThatThrownBy(() -> stream.accept(frames(1))).isInstanceOf(IllegalStateException.class);
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aListenerMayCancelButNotFeed() {
        TranscriptStream stream = new ScriptedModel("ab").stream(options(r -> r));
        stream.onEvent(e -> stream.cancel());
        stream.accept(frames(50));
        assertThatThrownBy(() -> stream.accept(frames(1))).isInstanceOf(IllegalStateException.class);
        TranscriptStream fed = new ScriptedModel("ab").stream(options(r -> r));
        fed.onEvent(e -> fed.accept(frames(1)));
        assertThatThrownBy(() -> fed.accept(frames(50)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("listener");
    }

    @Test
    void aModelThatFailsEndsItsStreamOnly() {
        ScriptedModel broken = new ScriptedModel("ab", () -> {
            throw new ModelFormatException("a broken model", "a sound one", "get another");
        });
        TranscriptStream stream = broken.stream(options(r -> r));
        assertThatThrownBy(() -> stream.accept(frames(50))).isInstanceOf(ModelFormatException.class);
        assertThatThrownBy(() -> stream.accept(frames(1))).hasMessageContaining("FAILED");
    }

    @Test
    void subscribersGetEveryFinalAndTheEnd() throws Exception {
        List<String> heard = new ArrayList<>();
        CountDownLatch end = new CountDownLatch(1);
        TranscriptStream stream = new ScriptedModel("a_".repeat(500)).stream(options(r -> r.withMaxLength(0.4)));
        stream.events().subscribe(new Flow.Subscriber<>() {
            @Override
            public void onSubscribe(Flow.Subscription subscription) {
                subscription.request(Long.MAX_VALUE);
            }

            @Override
            public void onNext(StreamEvent event) {
                if (event instanceof StreamEvent.Final) {
                    heard.add(event.text());
                }
            }

            @Override
            public void onError(Throwable error) {
                heard.add(error.toString());
                end.countDown();
            }

            @Override
            public void onComplete() {
                end.countDown();
            }
        });
        stream.accept(frames(1_000));
        stream.finish();
        await(end);
        assertThat(heard).hasSize(100);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -2, Integer.MIN_VALUE, Integer.MAX_VALUE})
    void badChunksAreRefused(int chunk) {
        StreamOptions.Builder builder = StreamOptions.builder().chunkFrames(chunk);
        assertThatThrownBy(builder::build).isInstanceOf(DecoderException.class).hasMessageContaining("" + chunk);
    }

    @Test
    void otherBadOptionsAreRefused() {
        assertThatThrownBy(() -> StreamOptions.builder().leftChunks(-2).build()).isInstanceOf(DecoderException.class);
        assertThatThrownBy(() -> StreamOptions.builder().ctcWeight(Double.NaN).build())
                .isInstanceOf(DecoderException.class);
        assertThatThrownBy(() -> StreamOptions.builder().reverseWeight(1.5).build())
                .isInstanceOf(DecoderException.class);
        assertThatThrownBy(() -> EndpointRules.defaults().withMaxLength(0)).isInstanceOf(DecoderException.class);
        assertThatThrownBy(() -> new EndpointRules(1, 1, 1, 2)).isInstanceOf(DecoderException.class);
        assertThatThrownBy(() -> WindowOptions.defaults().withSeconds(1, 0, 1)).isInstanceOf(DecoderException.class);
        assertThatThrownBy(() -> WindowOptions.defaults().withSeconds(1, Double.NaN, 1))
                .isInstanceOf(DecoderException.class);
    }
}
