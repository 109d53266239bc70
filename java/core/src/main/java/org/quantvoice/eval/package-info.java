/**
 * Measures of a recogniser: word and character error rates in percent. The accumulators are for one thread at a time.
 */
@NullMarked
package org.quantvoice.eval;

import org.jspecify.annotations.NullMarked;
