package org.quantvoice.cli;

import static java.util.Objects.requireNonNull;

import java.util.LinkedHashMap;
import java.util.Map;
import org.quantvoice.error.QuantVoiceException;
import org.quantvoice.internal.json.JsonWriter;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Makes the messages that the user sees when a command fails. */
final class Failures {
    private Failures() {}

    static int usage(ParameterException e, String[] args) {
        CommandLine command = e.getCommandLine();
        command.getErr().println("error: " + oneLine(requireNonNull(e.getMessage())));
        command.getErr().println("see " + command.getCommandSpec().qualifiedName() + " --help");
        return QuantVoice.USAGE;
    }

    static int failed(Exception e, CommandLine command, ParseResult parsed) {
        if (e instanceof ParameterException usage) {
            return usage(usage, new String[0]);
        }
        ParseResult options = parsed;
        while (options.hasSubcommand()) {
            options = options.subcommand();
        }
        boolean json = options.hasMatchedOption("--json");
        boolean verbose = options.hasMatchedOption("--verbose");
        command.getErr().println("error: " + message(e, verbose));
        if (verbose) {
            e.printStackTrace(command.getErr());
        }
        if (json) {
            command.getOut().println(JsonWriter.pretty(Map.of("error", toMap(e))));
        }
        return QuantVoice.FAILED;
    }

    static String message(Exception e, boolean verbose) {
        if (e instanceof QuantVoiceException failure) {
            return oneLine(failure.getMessage());
        }
        String hint = verbose ? "" : "; run the command again with -v and report what it prints";
        return "a fault in qv itself: " + oneLine(e.toString()) + hint;
    }

    static Map<String, Object> toMap(Exception e) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("type", e.getClass().getSimpleName());
        map.put("message", message(e, true));
        if (e instanceof QuantVoiceException q) {
            map.put("got", q.got());
            map.put("expected", q.expected());
            map.put("cure", q.cure());
        }
        return map;
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\s*\\R\\s*", " ");
    }
}
