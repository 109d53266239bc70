package org.quantvoice.engine;

import java.util.Locale;
import java.util.regex.Pattern;
import org.quantvoice.error.EngineException;

/**
 * An engine, which runs acoustic models, identified by its name. QuantVoice has two engines; others are added as
 * services ({@link org.quantvoice.engine.spi.EngineProvider}).
 */
public final class Engine {
    /** The native engine, with its own fused kernels; it needs no libtorch. */
    public static final Engine NATIVE = new Engine("NATIVE");
    /**
     * The engine that runs libtorch on a TorchScript model; it is the reference, and the fallback for graphs that the
     * native engine does not know.
     */
    public static final Engine LIBTORCH = new Engine("LIBTORCH");

    private static final Pattern NAME = Pattern.compile("[A-Z][A-Z0-9_-]{0,63}");

    private final String name;

    private Engine(String name) {
        this.name = name;
    }

    /**
     * The engine of a name; whether it is there is found out when a model is opened.
     *
     * @param name letters, digits, {@code _} and {@code -}; the case does not count
     * @throws EngineException if no engine can be called so
     */
    public static Engine named(String name) {
        String upper = name.strip().toUpperCase(Locale.ROOT);
        if (!NAME.matcher(upper).matches()) {
            throw new EngineException(
                    "the engine '" + name + "'", "a name such as NATIVE or LIBTORCH", "correct the name of the engine");
        }
        return upper.equals(NATIVE.name) ? NATIVE : upper.equals(LIBTORCH.name) ? LIBTORCH : new Engine(upper);
    }

    /** Its name in capitals. */
    public String name() {
        return name;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Engine e && e.name.equals(name);
    }

    @Override
    public int hashCode() {
        return name.hashCode();
    }

    @Override
    public String toString() {
        return name;
    }
}
