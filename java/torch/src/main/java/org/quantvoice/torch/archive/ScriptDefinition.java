package org.quantvoice.torch.archive;

import java.util.Set;
import org.quantvoice.internal.archive.Part;

/**
 * A class or function of TorchScript, and how much stack libtorch's recursive compiler needs for it.
 *
 * @param name with its modules, as other code names it
 * @param cost upper bound of the stack that it needs, in units of about 1 KiB
 * @param blocks the largest number of conditions and loops that are nested in each other
 * @param uses names of other definitions, as they are written
 * @param part of the archive that holds it
 */
record ScriptDefinition(String name, long cost, long blocks, Set<String> uses, Part part) {}
