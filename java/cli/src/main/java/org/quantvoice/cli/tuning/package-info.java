/**
 * The folder, the page and the documents that {@code qv tune} leaves.
 */
@NullMarked
package org.quantvoice.cli.tuning;

import org.jspecify.annotations.NullMarked;
