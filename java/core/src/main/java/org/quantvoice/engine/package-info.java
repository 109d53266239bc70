/**
 * Engines for acoustic models: the {@link org.quantvoice.engine.AcousticModel} contract, and the service interface by
 * which engines are found with {@link java.util.ServiceLoader}. Nothing here calls native code.
 */
@NullMarked
package org.quantvoice.engine;

import org.jspecify.annotations.NullMarked;
