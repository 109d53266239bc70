/** Small programs that show the API; each runs as it stands. */
@NullMarked
package org.quantvoice.examples;

import org.jspecify.annotations.NullMarked;
