/**
 * Code that QuantVoice's own engines share: requests with recipes, the forms of outputs, and the search for parts of
 * QuantVoice.
 */
@NullMarked
package org.quantvoice.internal.engine;

import org.jspecify.annotations.NullMarked;
