package org.quantvoice.torch.script;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Context;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.QEngine;
import org.quantvoice.engine.Backend;
import org.quantvoice.error.EngineException;

/**
 * A lock around libtorch's quantized engine, which is one setting for the whole process: it decides how weights are
 * packed (also while a file loads) and how some operators run. This lock lets any number of threads work at once under
 * the same engine and makes those that need another one wait; they are served in the order in which they came, so no
 * backend starves.
 */
public final class QuantizedEngine {
    private static final Object MONITOR = new Object();
    private static final ArrayDeque<Object> QUEUE = new ArrayDeque<>();
    private static int users;

    private QuantizedEngine() {}

    /** Held while libtorch is used under one engine; not reentrant. */
    public interface Hold extends AutoCloseable {
        @Override
        void close();
    }

    /** Waits until the process can use the backend, and keeps it so until the hold is closed. */
    public static Hold use(Optional<Backend> backend) {
        if (backend.isEmpty()) {
            return () -> {};
        }
        QEngine engine = engine(backend.get());
        synchronized (MONITOR) {
            awaitTurn(engine);
            if (current() != engine) {
                torch.globalContext().setQEngine(engine);
            }
            users++;
        }
        return QuantizedEngine::leave;
    }

    private static QEngine current() {
        return torch.globalContext().qEngine().intern();
    }

    private static void leave() {
        synchronized (MONITOR) {
            users--;
            MONITOR.notifyAll();
        }
    }

    /**
     * Waits for the engine, also through an interrupt, because a run cannot be given up half-way. The interrupt flag is
     * set again afterwards.
     */
    private static void awaitTurn(QEngine engine) {
        Object ticket = new Object();
        QUEUE.addLast(ticket);
        boolean interrupted = false;
        while (QUEUE.peekFirst() != ticket || (users > 0 && current() != engine)) {
            try {
                MONITOR.wait();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        QUEUE.removeFirst();
        MONITOR.notifyAll();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * @throws EngineException if this build of libtorch or this CPU lacks the backend
     */
    public static void require(Backend backend) {
        List<QEngine> supported = supported();
        if (!supported.contains(engine(backend))) {
            throw new EngineException(
                    "backend " + backend, "one of " + supported, "choose a backend that this platform has");
        }
    }

    /** Returns the backend that suits this CPU: X86 where it is supported, else QNNPACK, which every platform has. */
    public static Backend preferred() {
        return supported().contains(QEngine.X86) ? Backend.X86 : Backend.QNNPACK;
    }

    private static List<QEngine> supported() {
        try (PointerScope scope = new PointerScope()) {
            return Arrays.stream(Context.supportedQEngines().get())
                    .map(QEngine::intern) // the binding returns new objects instead of the enum's constants
                    .toList();
        }
    }

    private static QEngine engine(Backend backend) {
        return switch (backend) {
            case FBGEMM -> QEngine.FBGEMM;
            case QNNPACK -> QEngine.QNNPACK;
            case X86 -> QEngine.X86;
            case ONEDNN -> QEngine.ONEDNN;
        };
    }
}
