package org.quantvoice.torch.archive;

import java.util.List;

/** What a pickle would make, as far as a scan needs it. */
sealed interface PickleValue {
    /** Something without parts: None, a truth value, a float, a device. */
    enum Atom implements PickleValue {
        INSTANCE
    }

    /** A whole number. */
    record Whole(long value) implements PickleValue {}

    /** A text. */
    record Text(String value) implements PickleValue {}

    /** A class, function or constant of Python by name. */
    record Global(String module, String name) implements PickleValue {
        @Override
        public String toString() {
            return module + "." + name;
        }
    }

    /** The elements of a record of the archive. */
    record Storage(long elements) implements PickleValue {}

    /** A tensor that lies in its storage. */
    record Tensor(List<Long> sizes) implements PickleValue {}

    /** A list, tuple, dictionary (keys and values in turn) or object (its state); compared by identity. */
    final class Container implements PickleValue {
        /** What it is. */
        enum Kind {
            LIST,
            TUPLE,
            DICT,
            OBJECT
        }

        private final Kind kind;
        private final List<PickleValue> items;

        Container(Kind kind, List<PickleValue> items) {
            this.kind = kind;
            this.items = items;
        }

        Kind kind() {
            return kind;
        }

        List<PickleValue> items() {
            return items;
        }
    }
}
