package org.quantvoice.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.quantvoice.server.load.Admission;
import org.quantvoice.server.load.AdmissionLimits;
import org.quantvoice.server.load.Overload;
import org.quantvoice.server.load.StreamPlace;
import org.quantvoice.server.load.Ticket;

/** Places and slots by themselves. */
final class AdmissionTest {

    private static Overload.Reason reason(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        Overload[] got = {null};
        assertThatThrownBy(call).isInstanceOfSatisfying(Overload.class, e -> got[0] = e);
        assertThat(got[0].retryAfterSeconds()).isBetween(1L, 120L);
        return got[0].reason();
    }

    @Test
    void theDeadlineIsKept() throws Exception {
        Admission admission = new Admission(new AdmissionLimits(1, 1, Duration.ofMillis(50), 1, 9));
        try (Ticket first = admission.enter("a");
                Ticket second = admission.enter("b")) {
            first.awaitTurn();
            assertThat(admission.running()).isEqualTo(1);
            assertThat(reason(() -> admission.enter("c"))).isEqualTo(Overload.Reason.FULL);
            assertThat(reason(second::awaitTurn)).isEqualTo(Overload.Reason.LATE);
        }
        assertThat(admission.recordings()).isZero();
        assertThat(admission.running()).isZero();
        try (Ticket again = admission.enter("b")) {
            again.awaitTurn();
        }
    }

    /** A stream never waits behind a recording; both count for their client. */
    @Test
    void streamsHavePlacesOfTheirOwn() throws Exception {
        Admission admission = new Admission(new AdmissionLimits(1, 0, Duration.ZERO, 1, 2));
        Ticket recording = admission.enter("a");
        recording.awaitTurn();
        StreamPlace stream = admission.enterLive("a");
        assertThat(reason(() -> admission.enterLive("b"))).isEqualTo(Overload.Reason.FULL);
        stream.close();
        stream.close();
        assertThat(admission.streams()).isZero();
        admission.enterLive("b").close();
        recording.close();
        recording.close();
        admission.stop();
        assertThat(reason(() -> admission.enter("a"))).isEqualTo(Overload.Reason.STOPPING);
        assertThat(admission.awaitRecordings(Duration.ofMinutes(1))).isZero();
    }

    @Test
    void whileThereAreStreamsOneSlotIsLeftToThem() throws Exception {
        Admission admission = new Admission(new AdmissionLimits(2, 4, Duration.ofMillis(50), 1, 9));
        StreamPlace stream = admission.enterLive("live");
        try (Ticket first = admission.enter("a");
                Ticket second = admission.enter("a")) {
            first.awaitTurn();
            assertThat(reason(second::awaitTurn)).isEqualTo(Overload.Reason.LATE);
            stream.close();
            second.awaitTurn();
            assertThat(admission.running()).isEqualTo(2);
        }
        Admission single = new Admission(new AdmissionLimits(1, 4, Duration.ofMillis(50), 1, 9));
        single.enterLive("live");
        try (Ticket only = single.enter("a")) {
            only.awaitTurn();
        }
    }

    /** Two recordings run; a stream comes: the one that asks between two windows waits until the other is done. */
    @Test
    void aRunningRecordingGivesWay() throws Exception {
        Admission admission = new Admission(new AdmissionLimits(2, 4, Duration.ofSeconds(30), 1, 9));
        Ticket first = admission.enter("a");
        Ticket second = admission.enter("a");
        first.awaitTurn();
        second.awaitTurn();
        second.giveWay();
        assertThat(admission.running()).isEqualTo(2);
        StreamPlace stream = admission.enterLive("live");
        Thread pausing = new Thread(() -> {
            try {
                second.giveWay();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        pausing.start();
        while (admission.running() == 2) {
            Thread.sleep(1);
        }
        first.giveWay();
        assertThat(pausing.isAlive()).isTrue();
        first.close();
        pausing.join();
        assertThat(admission.running()).isEqualTo(1);
        second.close();
        stream.close();
        assertThat(admission.running() + admission.recordings() + admission.streams())
                .isZero();
    }

    /** Whoever waited longest is next, whatever the threads' luck. */
    @Test
    void whoCameFirstIsServedFirst() throws Exception {
        Admission admission = new Admission(new AdmissionLimits(1, 20, Duration.ofSeconds(30), 1, 99));
        List<Integer> order = Collections.synchronizedList(new ArrayList<>());
        Ticket holder = admission.enter("a");
        holder.awaitTurn();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            int number = i;
            Ticket ticket = admission.enter("a");
            Thread thread = new Thread(() -> {
                try (ticket) {
                    ticket.awaitTurn();
                    order.add(number);
                } catch (Overload | InterruptedException e) {
                    throw new AssertionError(e);
                }
            });
            thread.start();
            while (thread.getState() != Thread.State.TIMED_WAITING) {
                Thread.sleep(1);
            }
            threads.add(thread);
        }
        holder.close();
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(order).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    }

    @Test
    void nothingIsLostAmongThreads() throws Exception {
        Admission admission = new Admission(new AdmissionLimits(3, 20, Duration.ofSeconds(30), 50, 15));
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        ExecutorService threads = Executors.newFixedThreadPool(12);
        for (int t = 0; t < 12; t++) {
            Random random = new Random(t);
            String client = "client " + t % 2;
            threads.submit(() -> {
                for (int i = 0; i < 300; i++) {
                    if (random.nextBoolean()) {
                        admission.enterLive(client).close();
                        continue;
                    }
                    try (Ticket ticket = admission.enter(client)) {
                        if (random.nextInt(10) > 0) {
                            ticket.awaitTurn();
                            most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                            Thread.yield();
                            inside.decrementAndGet();
                        }
                    }
                }
                return null;
            });
        }
        threads.shutdown();
        assertThat(threads.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
        assertThat(most.get()).isBetween(1, 3);
        assertThat(admission.recordings() + admission.running() + admission.streams())
                .isZero();
        for (int i = 0; i < 15; i++) {
            admission.enterLive("client 0"); // every place of the client is free again
        }
    }
}
