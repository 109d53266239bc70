package org.quantvoice.torch.graph;

/**
 * A truth value or number that depends on the input.
 *
 * @param reason what it is, for messages
 */
record Undecided(String reason) {}
