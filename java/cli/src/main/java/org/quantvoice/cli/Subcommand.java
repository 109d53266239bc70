package org.quantvoice.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.quantvoice.cli.terminal.TerminalProgress;
import org.quantvoice.engine.Progress;
import org.quantvoice.internal.json.JsonWriter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options and outputs that all commands have. */
abstract class Subcommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--json", order = 90, description = "Print one JSON document instead of text.")
    private boolean json;

    @Option(
            names = {"-v", "--verbose"},
            order = 91,
            description = "Log what is done; print the stack trace of an error.")
    private boolean verbose;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            order = 92,
            description = "Show this help.")
    private boolean help;

    final boolean json() {
        return json;
    }

    final boolean verbose() {
        return verbose;
    }

    final PrintWriter out() {
        return spec.commandLine().getOut();
    }

    final PrintWriter err() {
        return spec.commandLine().getErr();
    }

    final void printJson(@Nullable Object document) {
        out().println(JsonWriter.pretty(document));
    }

    final Progress progress() {
        return TerminalProgress.create();
    }

    /** Returns the exception for options that do not go together; the exit code is 2. */
    final ParameterException usage(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
