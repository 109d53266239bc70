package org.quantvoice.cli;

import org.quantvoice.cli.decode.DecodeCommand;
import org.quantvoice.cli.option.Version;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;

/** The command {@code qv} itself. */
@Command(
        name = "qv",
        description = "Quantizes speech recognisers and runs them.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            TranscribeCommand.class,
            BatchCommand.class,
            ImportCommand.class,
            QuantizeCommand.class,
            TuneCommand.class,
            ExperimentCommand.class,
            ExportCommand.class,
            EvalCommand.class,
            BenchCommand.class,
            RunCommand.class,
            InspectCommand.class,
            QatCommand.class,
            AlignCommand.class,
            ServeCommand.class,
            DecodeCommand.class,
            DoctorCommand.class,
            HelpCommand.class
        })
final class QuantVoice implements Runnable {
    static final int OK = 0;
    static final int FAILED = 1;
    static final int USAGE = 2;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    static CommandLine commandLine() {
        return new CommandLine(new QuantVoice())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setAbbreviatedSubcommandsAllowed(false)
                .setParameterExceptionHandler(Failures::usage)
                .setExecutionExceptionHandler(Failures::failed);
    }

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "got no command; expected one; see qv --help");
    }
}
