package org.quantvoice.torch.script;

import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.GraphOptimizerEnabledGuard;
import org.bytedeco.pytorch.NoGradGuard;

/**
 * The frame of one stay on the native side, on one thread: a scope that frees what was made in it, no autograd, and no
 * run-time optimization of graphs (the profiling executor would make the first runs slow and their results differ in the
 * last bit from the later ones). Use with try-with-resources.
 */
public final class TorchCall implements AutoCloseable {
    private final PointerScope scope = new PointerScope();
    private final NoGradGuard noGrad = new NoGradGuard();
    private final GraphOptimizerEnabledGuard plain = new GraphOptimizerEnabledGuard(false);

    /** @param threads threads of the operators that this frame runs; the setting stays afterwards */
    public TorchCall(int threads) {
        Libtorch.threads(threads);
    }

    /** Lets a pointer outlive the frame; the caller owns it from now on and frees it with {@link Pointer#deallocate()}. */
    public <P extends Pointer> P keep(P pointer) {
        pointer.retainReference();
        return pointer;
    }

    @Override
    public void close() {
        plain.deallocate(); // guards restore thread state: strictly last made, first undone
        noGrad.deallocate();
        scope.close();
    }
}
