package org.quantvoice.torch.values;

/**
 * A truth value or number that depends on the input.
 *
 * @param reason what it is, for messages
 */
public record Undecided(String reason) {}
