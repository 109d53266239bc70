/**
 * Data structures of the prefix beam search that know nothing of options or vocabularies: the tree of prefixes, the
 * beam, its candidates, alignments, and the contexts of language models.
 *
 * <p>All of it belongs to one stream of decoding and is not thread-safe. Scores are natural logarithms.
 */
@NullMarked
package org.quantvoice.internal.beam;

import org.jspecify.annotations.NullMarked;
