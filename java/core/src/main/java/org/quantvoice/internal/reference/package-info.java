/**
 * The reference interpreter: every operator of the graph written plainly, in double precision where sums are formed. It is the
 * specification that importers and the planner are compared with, and is slow.
 */
@NullMarked
package org.quantvoice.internal.reference;

import org.jspecify.annotations.NullMarked;
