package org.quantvoice.cli.tuning;

/**
 * The measurements of a model within a budget.
 *
 * @param bytes of its file
 * @param meanBits of its weights
 * @param wer in percent
 */
public record BudgetPoint(long bytes, double meanBits, double wer) {}
