package org.quantvoice.torch.values;

/**
 * A truth value or number that depends on the input.
 *
 * @param reason describes the value in messages
 */
public record Undecided(String reason) {}
