package org.quantvoice.cli;

/**
 * A model within a budget, measured.
 *
 * @param bytes of its file
 * @param meanBits of its weights
 * @param wer in percent
 */
record BudgetPoint(long bytes, double meanBits, double wer) {}
