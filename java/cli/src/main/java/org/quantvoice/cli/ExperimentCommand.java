package org.quantvoice.cli;

import picocli.CommandLine.Command;

/** The command {@code qv experiment}. */
@Command(
        name = "experiment",
        description = "Repeats measurements of papers on a corpus.",
        subcommands = {PersonalExperiment.class},
        synopsisSubcommandLabel = "NAME")
final class ExperimentCommand extends Subcommand {
    @Override
    public Integer call() {
        throw usage("got no experiment; expected its name; see qv experiment --help");
    }
}
