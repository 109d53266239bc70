/**
 * The command line {@code qv}. Each command is a class; mixins hold the options that several commands share. Results go
 * to standard output, logs, progress and errors to standard error; exit codes are 0 (ok), 1 (failed) and 2 (usage).
 */
@NullMarked
package org.quantvoice.cli;

import org.jspecify.annotations.NullMarked;
