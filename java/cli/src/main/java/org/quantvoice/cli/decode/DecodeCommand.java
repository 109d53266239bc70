package org.quantvoice.cli.decode;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code qv decode --answers OUT.jsonl CASES_DIR} */
@Command(
        name = "decode",
        mixinStandardHelpOptions = true,
        description = "Decodes a folder of reference cases and writes the answers for its judge.")
public final class DecodeCommand implements Callable<Integer> {
    @Parameters(paramLabel = "CASES_DIR", description = "folder that holds the case folders")
    private Path cases = Path.of("");

    @Option(
            names = "--answers",
            required = true,
            paramLabel = "OUT.jsonl",
            description = "file to write, one JSON document a line")
    private Path answers = Path.of("");

    @Option(
            names = "--binaries",
            description = "score the n-gram sentences with the KenLM binary files too, as answers of their own")
    private boolean binaries;

    @Option(names = "--json", description = "print a JSON document")
    private boolean json;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException {
        int count = DecodeCases.run(cases, answers, binaries);
        spec.commandLine()
                .getOut()
                .println(
                        json
                                ? CaseFiles.JSON
                                        .createObjectNode()
                                        .put("answers", count)
                                        .toString()
                                : count + " answers in " + answers);
        return 0;
    }
}
