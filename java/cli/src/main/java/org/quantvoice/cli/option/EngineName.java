package org.quantvoice.cli.option;

import org.quantvoice.engine.Engine;
import org.quantvoice.error.EngineException;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads the name of an engine. */
final class EngineName implements ITypeConverter<Engine> {
    @Override
    public Engine convert(String value) {
        try {
            return Engine.named(value);
        } catch (EngineException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }
}
