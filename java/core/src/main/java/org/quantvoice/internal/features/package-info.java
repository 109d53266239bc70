/**
 * What models that do not listen to raw samples listen to: log-mel filterbanks as Kaldi computes them. Pure Java; an
 * instance holds the state of one stream.
 */
@NullMarked
package org.quantvoice.internal.features;

import org.jspecify.annotations.NullMarked;
