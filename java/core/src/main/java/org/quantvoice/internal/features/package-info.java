/**
 * Features of models that do not take raw samples: log-mel filterbanks as Kaldi, NeMo, LASR and Whisper compute them. Pure
 * Java; an instance holds the state of one stream.
 */
@NullMarked
package org.quantvoice.internal.features;

import org.jspecify.annotations.NullMarked;
