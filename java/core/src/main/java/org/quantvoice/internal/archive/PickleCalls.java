package org.quantvoice.internal.archive;

import org.quantvoice.internal.archive.PickleValue.Global;
import org.quantvoice.internal.archive.PickleValue.Storage;

/** What a pickle's names stand for, and what their calls give: an allow-list, whose methods refuse what is not on it. */
public interface PickleCalls {
    /** Lets a name pass that files of this kind have. */
    Global global(Global global);

    /** What a persistent id stands for. */
    Storage storage(PickleValue id);

    /** What a function or class makes of its argument, or an object of its state. */
    PickleValue call(PickleValue function, PickleValue argument);
}
