/** Numbers in which models are written for other runtimes. Immutable values. */
@NullMarked
package org.quantvoice.export;

import org.jspecify.annotations.NullMarked;
