/**
 * What QuantVoice's own engines share: requests with recipes, the forms of outputs, and how parts of QuantVoice are found.
 */
@NullMarked
package org.quantvoice.internal.engine;

import org.jspecify.annotations.NullMarked;
