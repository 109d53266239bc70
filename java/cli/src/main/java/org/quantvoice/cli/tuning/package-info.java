/**
 * Makes the folder, the page and the documents that {@code qv tune} writes.
 */
@NullMarked
package org.quantvoice.cli.tuning;

import org.jspecify.annotations.NullMarked;
