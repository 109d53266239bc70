/**
 * The module graph: the computation of an acoustic model, as an immutable, typed list of operators in topological
 * order. Importers build it with {@link org.quantvoice.graph.GraphBuilder}; the planner lowers it to fused kernels;
 * {@link org.quantvoice.internal.reference.ReferenceInterpreter} defines the meaning of each operator.
 *
 * <p>Shapes are symbolic: each {@link org.quantvoice.graph.Dim} is an integer expression of the sizes of the graph's
 * inputs, so that one graph serves every length and batch. There are no integer operators for shapes; sizes and
 * bounds that depend on the input are attributes of type {@code Dim}.
 *
 * <p>Everything but {@code GraphBuilder} is immutable and may be shared by threads. Constants are read lazily; a
 * graph whose constants hold native memory frees it in {@link org.quantvoice.graph.Graph#close()}. Malformed graphs
 * and inputs that do not fit give an {@link org.quantvoice.error.ModelFormatException}. No native code.
 */
@NullMarked
package org.quantvoice.graph;

import org.jspecify.annotations.NullMarked;
