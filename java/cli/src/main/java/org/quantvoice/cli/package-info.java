/**
 * The command line {@code qv}: one class a command, options shared by way of mixins. Results go to standard output, logs,
 * progress and errors to standard error; exit codes are 0 (ok), 1 (failed) and 2 (usage).
 */
@NullMarked
package org.quantvoice.cli;

import org.jspecify.annotations.NullMarked;
