/**
 * The terminal output of commands, tables, and signals of the process.
 */
@NullMarked
package org.quantvoice.cli.terminal;

import org.jspecify.annotations.NullMarked;
