/** Speed of models on noise: runs one after the other, and by several callers at once. */
@NullMarked
package org.quantvoice.cli.speed;

import org.jspecify.annotations.NullMarked;
