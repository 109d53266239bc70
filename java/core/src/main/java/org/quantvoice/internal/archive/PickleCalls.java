package org.quantvoice.internal.archive;

import org.quantvoice.internal.archive.PickleValue.Global;
import org.quantvoice.internal.archive.PickleValue.Storage;

/**
 * Resolves the names of a pickle and the results of its calls: an allow-list, whose methods refuse everything that is
 * not on it.
 */
public interface PickleCalls {
    /** Returns a name that files of this kind may contain, and refuses others. */
    Global global(Global global);

    /** Returns the storage that a persistent id stands for. */
    Storage storage(PickleValue id);

    /** Returns the result of a function or class for its argument, or of an object for its state. */
    PickleValue call(PickleValue function, PickleValue argument);
}
