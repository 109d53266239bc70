/** Measures the speed of models on noise: in runs one after the other, and with several parallel callers. */
@NullMarked
package org.quantvoice.cli.speed;

import org.jspecify.annotations.NullMarked;
