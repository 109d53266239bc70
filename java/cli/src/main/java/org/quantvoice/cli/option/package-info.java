/**
 * Groups of options that several commands share, and what they build from them.
 */
@NullMarked
package org.quantvoice.cli.option;

import org.jspecify.annotations.NullMarked;
