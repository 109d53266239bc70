/**
 * NumPy's {@code .npy} files of float32, for parity checks against other frameworks. Readers are bounded: a header cannot
 * make them allocate more than the file holds.
 */
@NullMarked
package org.quantvoice.internal.npy;

import org.jspecify.annotations.NullMarked;
