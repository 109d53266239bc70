package org.quantvoice.cli.option;

import java.util.List;
import org.quantvoice.engine.Engine;
import org.quantvoice.engine.spi.EngineProvider;
import org.quantvoice.error.EngineException;
import org.quantvoice.internal.engine.Services;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads the name of an engine: one of QuantVoice's own, or one that a jar on the class path adds. */
final class EngineName implements ITypeConverter<Engine> {
    @Override
    public Engine convert(String value) {
        Engine engine;
        try {
            engine = Engine.named(value);
        } catch (EngineException e) {
            throw new TypeConversionException(e.getMessage());
        }
        if (!engine.equals(Engine.NATIVE) && !engine.equals(Engine.LIBTORCH)) {
            requireInstalled(engine);
        }
        return engine;
    }

    private static void requireInstalled(Engine engine) {
        List<String> names = Services.installed(EngineProvider.class).stream()
                .map(provider -> provider.engine().name())
                .sorted()
                .toList();
        if (!names.contains(engine.name())) {
            throw new TypeConversionException("got the engine " + engine + "; expected one of " + names);
        }
    }
}
