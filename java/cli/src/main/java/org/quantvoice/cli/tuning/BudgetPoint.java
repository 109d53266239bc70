package org.quantvoice.cli.tuning;

/**
 * A model within a budget, measured.
 *
 * @param bytes of its file
 * @param meanBits of its weights
 * @param wer in percent
 */
public record BudgetPoint(long bytes, double meanBits, double wer) {}
