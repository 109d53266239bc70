/**
 * How good a recogniser is: word and character error rates in percent. Accumulators, each
 * for one thread at a time.
 */
@NullMarked
package org.quantvoice.eval;

import org.jspecify.annotations.NullMarked;
