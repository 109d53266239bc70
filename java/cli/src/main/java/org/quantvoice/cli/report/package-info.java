/** Makes charts as SVG, and pages that need no other file. The package knows nothing of commands. */
@NullMarked
package org.quantvoice.cli.report;

import org.jspecify.annotations.NullMarked;
