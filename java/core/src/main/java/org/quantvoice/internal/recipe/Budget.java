package org.quantvoice.internal.recipe;

/** The size that a tuned model may have: {@link SizeBudget bytes}, or {@link AverageBits bits of a weight}. */
public sealed interface Budget permits SizeBudget, AverageBits {}
