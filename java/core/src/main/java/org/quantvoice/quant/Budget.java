package org.quantvoice.quant;

/** What a tuned model may take: {@link DataSize bytes}, or {@link AverageBits bits a weight}. */
public sealed interface Budget permits DataSize, AverageBits {}
