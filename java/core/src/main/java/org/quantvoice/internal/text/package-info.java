/** Properties of scripts that matter for words, widths and lines. Pure functions of code points. */
@NullMarked
package org.quantvoice.internal.text;

import org.jspecify.annotations.NullMarked;
