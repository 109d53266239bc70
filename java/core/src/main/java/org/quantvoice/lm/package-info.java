/**
 * N-gram language models: ARPA text and KenLM binary files behind one interface; {@link
 * org.quantvoice.lm.LanguageModel} opens them. Models are immutable and shared by
 * threads; {@link org.quantvoice.lm.LmState} is the caller's. Scores are log10. No native code.
 */
@NullMarked
package org.quantvoice.lm;

import org.jspecify.annotations.NullMarked;
