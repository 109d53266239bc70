/** Work on many items with threads of its own. */
@NullMarked
package org.quantvoice.internal.tasks;

import org.jspecify.annotations.NullMarked;
