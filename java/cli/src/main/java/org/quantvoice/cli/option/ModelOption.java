package org.quantvoice.cli.option;

import picocli.CommandLine.Option;

/** The option that names the model. */
public final class ModelOption {
    @Option(
            names = "--model",
            paramLabel = "M",
            defaultValue = "digits",
            order = 10,
            description = "A model file, or the name of an embedded model (default: ${DEFAULT-VALUE}).")
    private String name = "";

    public String name() {
        return name;
    }
}
