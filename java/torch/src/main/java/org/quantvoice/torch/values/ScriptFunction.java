package org.quantvoice.torch.values;

import org.bytedeco.pytorch.Function;

/**
 * A function as a value.
 *
 * @param function the function
 */
public record ScriptFunction(Function function) {}
