/**
 * Passes over graphs: each takes a graph and returns another that computes the same, such as one whose batch norms
 * are folded into the convolutions before them.
 */
@NullMarked
package org.quantvoice.internal.passes;

import org.jspecify.annotations.NullMarked;
