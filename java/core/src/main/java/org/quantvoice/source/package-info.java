/**
 * The interfaces of importers: a model file of some format becomes a graph, the graphs of a streaming model, or a
 * source of gradients.
 *
 * <p>Sources are found by {@code ServiceLoader}.
 */
@NullMarked
package org.quantvoice.source;

import org.jspecify.annotations.NullMarked;
