/** Objects that are to be closed and were lost instead. */
@NullMarked
package org.quantvoice.internal.lifetime;

import org.jspecify.annotations.NullMarked;
