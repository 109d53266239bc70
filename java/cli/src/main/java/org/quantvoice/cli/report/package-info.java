/** Charts as SVG and pages that need no other file. Knows nothing of commands. */
@NullMarked
package org.quantvoice.cli.report;

import org.jspecify.annotations.NullMarked;
