/** Parallel processing of many items. */
@NullMarked
package org.quantvoice.internal.tasks;

import org.jspecify.annotations.NullMarked;
