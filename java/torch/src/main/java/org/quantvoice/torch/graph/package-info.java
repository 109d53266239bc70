/**
 * Imports TorchScript as a {@link org.quantvoice.graph.Graph}. {@link org.quantvoice.torch.graph.GraphImporter}
 * evaluates a method of a scripted or traced module as far as it does not depend on the input's elements. Modules,
 * lists, strings, settings and branches disappear, sizes become {@link org.quantvoice.graph.Dim} expressions, operators
 * on parameters alone are computed by libtorch, and the operators that are left become nodes of the graph, each with
 * the dotted path of its module. What cannot be expressed is an {@link
 * org.quantvoice.error.UnsupportedOperatorException} that names operator and module.
 *
 * <p>An import uses one {@link org.bytedeco.javacpp.PointerScope} on the calling thread; imports may run on several
 * threads at once. The constants of the graph stay in libtorch's memory until the graph is closed or collected.
 */
@NullMarked
package org.quantvoice.torch.graph;

import org.jspecify.annotations.NullMarked;
