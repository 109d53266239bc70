package org.quantvoice.torch.script;

import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.GraphOptimizerEnabledGuard;
import org.bytedeco.pytorch.NoGradGuard;

/**
 * The scope of native work on one thread: it frees the native objects that were made in it, and switches off autograd
 * and the run-time optimization of graphs (the profiling executor would make the first runs slow and their results
 * differ in the last bit from the later ones). Use with try-with-resources.
 */
public final class TorchCall implements AutoCloseable {
    private final PointerScope scope = new PointerScope();
    private final NoGradGuard noGrad = new NoGradGuard();
    private final GraphOptimizerEnabledGuard plain = new GraphOptimizerEnabledGuard(false);

    /** @param threads number of threads of the operators that run in this scope; the setting stays afterwards */
    public TorchCall(int threads) {
        Libtorch.threads(threads);
    }

    /**
     * Lets a pointer outlive the scope; the caller owns it from now on and frees it with {@link Pointer#deallocate()}.
     */
    public <P extends Pointer> P keep(P pointer) {
        pointer.retainReference();
        return pointer;
    }

    @Override
    public void close() {
        plain.deallocate(); // guards restore state of the thread, so the guard that was made last is undone first
        noGrad.deallocate();
        scope.close();
    }
}
