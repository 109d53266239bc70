package org.quantvoice.internal.archive;

import java.util.List;

/** A value that a pickle describes, as far as a scan needs it. */
public sealed interface PickleValue {
    /** A value without parts: None, a truth value, a float, a device. */
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

    /**
     * A range of elements in a record of the archive.
     *
     * @param key of the record
     * @param type the name of the storage's class, such as {@code FloatStorage}
     */
    record Storage(String key, String type, long elements) implements PickleValue {}

    /**
     * A tensor that lies in its storage.
     *
     * @param offset index of its first element in the storage
     * @param strides of its axes, in elements
     */
    record Tensor(Storage storage, long offset, List<Long> sizes, List<Long> strides) implements PickleValue {}

    /** A list, tuple, dictionary (keys and values in turn) or object (its state); compared by identity. */
    final class Container implements PickleValue {
        /** Kinds of containers. */
        public enum Kind {
            LIST,
            TUPLE,
            DICT,
            OBJECT
        }

        private final Kind kind;
        private final List<PickleValue> items;

        public Container(Kind kind, List<PickleValue> items) {
            this.kind = kind;
            this.items = items;
        }

        public Kind kind() {
            return kind;
        }

        public List<PickleValue> items() {
            return items;
        }
    }
}
