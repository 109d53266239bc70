/** Detection of objects that were lost without being closed. */
@NullMarked
package org.quantvoice.internal.lifetime;

import org.jspecify.annotations.NullMarked;
