package org.quantvoice.internal.tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.quantvoice.error.CancelledException;

final class OrderedTasksTest {

    @Test
    void resultsComeInTheOrderOfTheItemsHoweverLongEachTakes() {
        List<Integer> items = IntStream.range(0, 500).boxed().toList();
        try (Stream<Integer> results = OrderedTasks.stream(items.iterator(), OrderedTasksTest::uneven, 4)) {
            assertThat(results).containsExactlyElementsOf(items);
        }
    }

    private static Integer uneven(Integer item) {
        if (item % 7 == 0) {
            Thread.yield();
        }
        return item;
    }

    @Test
    void allThreadsWorkAtOnce() {
        CyclicBarrier together = new CyclicBarrier(3);
        try (Stream<Integer> results =
                OrderedTasks.stream(List.of(0, 1, 2, 3, 4, 5).iterator(), item -> met(together, item), 3)) {
            assertThat(results).containsExactly(0, 1, 2, 3, 4, 5);
        }
    }

    private static Integer met(CyclicBarrier together, Integer item) {
        try {
            together.await(1, TimeUnit.MINUTES);
            return item;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void endlessInputIsTakenOnlyAsResultsAreAskedFor() {
        AtomicInteger taken = new AtomicInteger();
        Iterator<Integer> endless = Stream.generate(taken::incrementAndGet).iterator();
        try (Stream<Integer> results = OrderedTasks.stream(endless, item -> item, 2)) {
            assertThat(results.limit(10)).hasSize(10);
        }
        assertThat(taken).hasValueLessThanOrEqualTo(10 + 2 * 2 + 1);
    }

    @Test
    void whatWorkThrowsComesOutAtItsPlace() {
        Iterator<Integer> items = List.of(1, 2, 0, 3).iterator();
        try (Stream<Integer> results = OrderedTasks.stream(items, item -> 6 / item, 2)) {
            Iterator<Integer> iterator = results.iterator();
            assertThat(iterator.next()).isEqualTo(6);
            assertThat(iterator.next()).isEqualTo(3);
            assertThatThrownBy(iterator::next).isInstanceOf(ArithmeticException.class);
        }
    }

    @Test
    void closingInterruptsWhatIsUnderWayAndWaitsForIt() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        AtomicInteger ended = new AtomicInteger();
        Stream<Integer> results = OrderedTasks.stream(
                List.of(0, 1, 2).iterator(),
                item -> {
                    if (item == 0) {
                        return item;
                    }
                    begun.countDown();
                    try {
                        Thread.sleep(60_000);
                    } catch (InterruptedException e) {
                        ended.incrementAndGet();
                    }
                    return item;
                },
                1);
        assertThat(results.iterator().next()).isZero();
        assertThat(begun.await(1, TimeUnit.MINUTES)).isTrue();
        results.close();
        assertThat(ended).hasValue(1);
    }

    @Test
    void anInterruptedCallerGetsACancellationAndStaysInterrupted() {
        try (Stream<Integer> results = OrderedTasks.stream(List.of(1, 2).iterator(), item -> item, 1)) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(results.iterator()::next).isInstanceOf(CancelledException.class);
            assertThat(Thread.interrupted()).isTrue();
        }
    }
}
