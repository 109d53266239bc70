package org.quantvoice.internal.exec;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.quantvoice.graph.Graph;
import org.quantvoice.internal.kernels.NativeMemory;
import org.quantvoice.internal.program.Program;
import org.quantvoice.internal.program.ProgramBuilder;

/** How callers share cores: by counting the threads that each run gets. */
final class WorkspacesTest {
    private static final int LENGTH = 400;

    private final long live = NativeMemory.liveBlocks();
    private final Graph graph = SmallModels.transformer();
    private PackedWeights weights;
    private ProgramCache.Entry entry;

    @BeforeEach
    void plan() {
        weights = new PackedWeights(graph, 1);
        Program program = new ProgramBuilder(graph, weights).build(List.of(new long[] {1, LENGTH}), Map.of(), Set.of());
        entry = new ProgramCache.Entry(program);
    }

    @AfterEach
    void nothingIsLeft() {
        entry.close();
        weights.close();
        assertThat(NativeMemory.liveBlocks()).isEqualTo(live);
    }

    @Test
    void aCallerThatIsAloneGetsAllThreads() {
        try (Workspaces workspaces = new Workspaces(4, 4)) {
            Workspaces.Workspace space = workspaces.take(entry);
            assertThat(space.pool().threads()).isEqualTo(4);
            workspaces.give(space);
            assertThat(workspaces.take(entry)).as("the same one again").isSameAs(space);
            workspaces.give(space);
        }
    }

    @Test
    void callersOfOneThreadRunSideBySideOnAllCores() {
        try (Workspaces workspaces = new Workspaces(1, 3)) {
            List<Workspaces.Workspace> taken =
                    List.of(workspaces.take(entry), workspaces.take(entry), workspaces.take(entry));
            assertThat(taken).extracting(s -> s.pool().threads()).containsExactly(1, 1, 1);
            taken.forEach(workspaces::give);
        }
    }

    @Test
    void callersThatCompeteGetFewerThreadsAndNeverMoreThanThereAreCores() throws Exception {
        int callers = 12;
        int cores = 4;
        AtomicInteger busy = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        ExecutorService threads = Executors.newFixedThreadPool(callers);
        CountDownLatch together = new CountDownLatch(callers);
        try (Workspaces workspaces = new Workspaces(4, cores)) {
            Workspaces.Workspace first = workspaces.take(entry);
            List<Future<Integer>> shares = new ArrayList<>();
            for (int i = 0; i < callers; i++) {
                shares.add(threads.submit(() -> {
                    together.countDown();
                    Workspaces.Workspace space = workspaces.take(entry);
                    int share = space.pool().threads();
                    most.accumulateAndGet(busy.addAndGet(share), Math::max);
                    entry.program().run(space.pool(), space.arena());
                    busy.addAndGet(-share);
                    workspaces.give(space);
                    return share;
                }));
            }
            assertThat(together.await(1, TimeUnit.MINUTES)).isTrue();
            workspaces.give(first);
            List<Integer> got = new ArrayList<>();
            for (Future<Integer> share : shares) {
                got.add(share.get(1, TimeUnit.MINUTES));
            }
            assertThat(got).allMatch(share -> share >= 1 && share <= cores);
            assertThat(most.get()).as("threads at once").isLessThanOrEqualTo(cores);
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void anInterruptIsKeptForTheCallerAndLosesNoTurn() throws Exception {
        try (Workspaces workspaces = new Workspaces(1, 1)) {
            Workspaces.Workspace first = workspaces.take(entry);
            ExecutorService one = Executors.newSingleThreadExecutor();
            Future<Boolean> second = one.submit(() -> {
                Thread.currentThread().interrupt();
                workspaces.give(workspaces.take(entry));
                return Thread.currentThread().isInterrupted();
            });
            workspaces.give(first);
            assertThat(second.get(1, TimeUnit.MINUTES)).as("still interrupted").isTrue();
            one.shutdown();
        }
    }
}
