package org.quantvoice.torch.graph;

import org.bytedeco.pytorch.Function;

/**
 * A function as a value.
 *
 * @param function the function
 */
record ScriptFunction(Function function) {}
