/**
 * Files that are complete or absent: atomic writing, and the cache to which resources of the class path are
 * extracted. Safe for several threads and processes at once.
 */
@NullMarked
package org.quantvoice.internal.files;

import org.jspecify.annotations.NullMarked;
