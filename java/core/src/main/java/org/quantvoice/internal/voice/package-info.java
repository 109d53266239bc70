/** Models of voice activity on the native engine. */
@NullMarked
package org.quantvoice.internal.voice;

import org.jspecify.annotations.NullMarked;
