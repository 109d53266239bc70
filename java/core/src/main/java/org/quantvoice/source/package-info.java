/**
 * Interfaces that importers implement: a {@link org.quantvoice.source.ModelImporter} opens a model file of some
 * format, and the {@link org.quantvoice.source.ImportedModel} gives its graph, the graphs of a streaming model,
 * gradients and tokens. An {@link org.quantvoice.source.OpenModel} owns it.
 *
 * <p>Importers are found by {@code ServiceLoader}.
 */
@NullMarked
package org.quantvoice.source;

import org.jspecify.annotations.NullMarked;
