package org.quantvoice.torch.archive;

import java.util.Set;
import org.quantvoice.internal.archive.Part;

/**
 * A class or function of TorchScript, and what it costs libtorch's compiler, which works by recursion.
 *
 * @param name with its modules, as other code names it
 * @param cost of stack, about 1 KiB each, at the most
 * @param blocks most conditions and loops in each other
 * @param uses names of other definitions, as they are written
 * @param part where it stands
 */
record ScriptDefinition(String name, long cost, long blocks, Set<String> uses, Part part) {}
