/**
 * The reference interpreter: every operator of the graph in plain code, with sums in double precision. It is the
 * specification with which importers and the planner are compared, and is slow.
 */
@NullMarked
package org.quantvoice.internal.reference;

import org.jspecify.annotations.NullMarked;
