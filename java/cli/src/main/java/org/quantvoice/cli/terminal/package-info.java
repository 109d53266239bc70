/**
 * What commands show on a terminal, write as tables, and learn from signals of the process.
 */
@NullMarked
package org.quantvoice.cli.terminal;

import org.jspecify.annotations.NullMarked;
