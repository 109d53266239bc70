package org.quantvoice.internal.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.stream.EndpointRules;
import org.quantvoice.stream.StreamEvent;
import org.quantvoice.stream.StreamOptions;
import org.quantvoice.stream.TranscriptStream;

/** Subscribers that stall, lag, or come late, and streams that are cancelled or fail meanwhile. */
final class SubscribersTest {
    private static final int UTTERANCES = 600; // more than a publisher buffers
    private static final int PATIENCE_SECONDS = 60;

    /** Asks for nothing by itself. */
    private static final class Subscriber implements Flow.Subscriber<StreamEvent> {
        private final List<String> finals = new CopyOnWriteArrayList<>();
        private final CompletableFuture<Flow.Subscription> subscription = new CompletableFuture<>();
        private final CompletableFuture<String> end = new CompletableFuture<>();

        @Override
        public void onSubscribe(Flow.Subscription made) {
            subscription.complete(made);
        }

        @Override
        public void onNext(StreamEvent event) {
            if (event instanceof StreamEvent.Final) {
                finals.add(event.text());
            }
            subscription.join().request(1);
        }

        @Override
        public void onError(Throwable error) {
            end.complete(error.getMessage());
        }

        @Override
        public void onComplete() {
            end.complete("complete");
        }

        String end() throws Exception {
            return end.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        }
    }

    private static TranscriptStream manyUtterances(AtomicInteger told) {
        StreamOptions options = StreamOptions.builder()
                .chunkFrames(5)
                .endpoints(EndpointRules.none().withMaxLength(0.2))
                .build();
        TranscriptStream stream = new ScriptedModel("a____".repeat(UTTERANCES)).stream(options);
        stream.onEvent(event -> told.addAndGet(event instanceof StreamEvent.Final ? 1 : 0));
        return stream;
    }

    private static Thread feed(TranscriptStream stream) {
        Thread feeder = new Thread(
                () -> {
                    stream.accept(new float[5 * UTTERANCES * ScriptedModel.FRAME + 720]);
                    stream.finish();
                },
                "feeder");
        feeder.setDaemon(true);
        feeder.start();
        return feeder;
    }

    private static void awaitStall(Thread feeder) throws InterruptedException {
        for (int i = 0; i < 100 * PATIENCE_SECONDS; i++) {
            Thread.State state = feeder.getState();
            if (state == Thread.State.WAITING || state == Thread.State.TIMED_WAITING) {
                return;
            }
            Thread.sleep(10);
        }
        throw new AssertionError("the feeder never waited: " + feeder.getState());
    }

    private static void assertEnds(Thread feeder) throws InterruptedException {
        feeder.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
        assertThat(feeder.isAlive()).as("the feeder still waits").isFalse();
    }

    @Test
    void aSubscriberThatNeverAsksStopsNoCancel() throws Exception {
        AtomicInteger told = new AtomicInteger();
        Subscriber stalled = new Subscriber();
        TranscriptStream stream = manyUtterances(told);
        stream.events().subscribe(stalled);
        Thread feeder = feed(stream);
        awaitStall(feeder);
        assertThat(told.get()).isBetween(1, UTTERANCES - 1);
        CompletableFuture.runAsync(stream::cancel, task -> daemon(task)).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertEnds(feeder);
        assertThatThrownBy(() -> stream.accept(new float[1])).hasMessageContaining("CANCELLED");
        stalled.subscription.join().request(Long.MAX_VALUE);
        assertThat(stalled.end()).isEqualTo("complete");
    }

    private static void daemon(Runnable task) {
        Thread thread = new Thread(task, "canceller");
        thread.setDaemon(true);
        thread.start();
    }

    @Test
    void aSubscriberThatLagsGetsEveryFinal() throws Exception {
        AtomicInteger told = new AtomicInteger();
        Subscriber slow = new Subscriber();
        Subscriber quick = new Subscriber();
        TranscriptStream stream = manyUtterances(told);
        stream.events().subscribe(slow);
        stream.events().subscribe(quick);
        quick.subscription.join().request(1);
        Thread feeder = feed(stream);
        awaitStall(feeder);
        feeder.interrupt(); // must not make it lose one
        awaitStall(feeder);
        slow.subscription.join().request(1);
        assertEnds(feeder);
        assertThat(slow.end()).isEqualTo("complete");
        assertThat(quick.end()).isEqualTo("complete");
        assertThat(slow.finals).hasSize(UTTERANCES);
        assertThat(quick.finals).isEqualTo(slow.finals);
        assertThat(told).hasValue(UTTERANCES);
    }

    @Test
    void aModelThatBreaksIsToldToSubscribersThenAndLater() throws Exception {
        CountDownLatch heard = new CountDownLatch(1);
        ScriptedModel broken = new ScriptedModel("ab", () -> {
            heard.countDown();
            throw new ModelFormatException("a broken model", "a sound one", "get another");
        });
        TranscriptStream stream = broken.stream(StreamOptions.defaults());
        Subscriber early = new Subscriber();
        stream.events().subscribe(early);
        assertThatThrownBy(() -> stream.accept(new float[100 * ScriptedModel.FRAME]))
                .isInstanceOf(ModelFormatException.class);
        assertThat(heard.getCount()).isZero();
        assertThat(early.end()).contains("a broken model");
        stream.close();
        Subscriber late = new Subscriber();
        stream.events().subscribe(late);
        assertThat(late.end()).contains("a broken model");
    }

    @Test
    void aStreamWhoseFirstSubscriberComesAfterItsFailureTellsIt() throws Exception {
        TranscriptStream stream = new ScriptedModel("ab", () -> {
                    throw new AssertionError("no memory, say");
                })
                .stream(StreamOptions.defaults());
        assertThatThrownBy(() -> stream.accept(new float[100 * ScriptedModel.FRAME]))
                .isInstanceOf(AssertionError.class);
        Subscriber late = new Subscriber();
        stream.events().subscribe(late);
        assertThat(late.end()).isEqualTo("no memory, say");
    }
}
