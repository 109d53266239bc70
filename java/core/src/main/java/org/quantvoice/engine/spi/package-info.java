/**
 * The interface for engines of other authors: an {@link org.quantvoice.engine.spi.EngineProvider}, found with {@link
 * java.util.ServiceLoader}, opens a file as an {@link org.quantvoice.engine.AcousticModel}. Engines are chosen by
 * name, or by rank among those that read the file.
 */
@NullMarked
package org.quantvoice.engine.spi;

import org.jspecify.annotations.NullMarked;
