package org.quantvoice.internal.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("arm64")
@Tag("windows")
@Tag("musl")
public class NativeHandleTest {
    private final AtomicInteger freed = new AtomicInteger();

    private final class Handle extends NativeHandle {
        Handle() {
            super("handle", 42, address -> {
                assertThat(address).isEqualTo(42);
                freed.incrementAndGet();
            });
        }
    }

    @Test
    void memoryInUseIsFreedByItsLastUser() {
        Handle handle = new Handle();
        assertThat(handle.acquire()).isEqualTo(42);
        handle.acquire();
        handle.close();
        handle.close();
        assertThatThrownBy(handle::acquire).isInstanceOf(IllegalStateException.class);
        handle.release();
        assertThat(freed).hasValue(0);
        handle.release();
        assertThat(freed).hasValue(1);
    }

    @Test
    void racesOfUseAndCloseFreeOnceAndNeverDuringUse() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        for (int round = 0; round < 200; round++) {
            freed.set(0);
            Handle handle = new Handle();
            CountDownLatch start = new CountDownLatch(1);
            Future<?>[] users = new Future<?>[4];
            for (int i = 0; i < users.length; i++) {
                boolean closes = i == 3;
                users[i] = threads.submit(() -> {
                    start.await();
                    if (closes) {
                        handle.close();
                    } else {
                        use(handle);
                    }
                    return null;
                });
            }
            start.countDown();
            for (Future<?> user : users) {
                user.get(30, TimeUnit.SECONDS);
            }
            assertThat(freed).as("round %d", round).hasValue(1);
        }
        threads.shutdown();
    }

    private void use(Handle handle) {
        try {
            handle.acquire();
        } catch (IllegalStateException closed) {
            return; // the expected outcome of losing the race
        }
        try {
            assertThat(freed).hasValue(0);
        } finally {
            handle.release();
        }
    }

    @Test
    void anOwnerThatIsLostIsFreed() throws Exception {
        new Handle();
        for (int i = 0; i < 100 && freed.get() == 0; i++) {
            System.gc();
            Thread.sleep(20);
        }
        assertThat(freed).hasValue(1);
    }
}
