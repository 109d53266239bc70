package org.quantvoice.internal.recipe;

/** What a tuned model may take: {@link SizeBudget bytes}, or {@link AverageBits bits a weight}. */
public sealed interface Budget permits SizeBudget, AverageBits {}
