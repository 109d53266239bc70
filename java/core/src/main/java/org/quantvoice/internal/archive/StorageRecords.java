package org.quantvoice.internal.archive;

import java.util.Map;
import java.util.OptionalLong;

/** Tells how many bytes the records of an archive hold that a pickle's storages name. */
@FunctionalInterface
public interface StorageRecords {
    /** Returns the number of bytes of the record with a key; empty if there is none. */
    OptionalLong bytes(String key);

    /** Bytes of an element by the name of the storage's class. */
    Map<String, Integer> ELEMENT_BYTES = Map.ofEntries(
            Map.entry("ByteStorage", 1),
            Map.entry("CharStorage", 1),
            Map.entry("BoolStorage", 1),
            Map.entry("QInt8Storage", 1),
            Map.entry("QUInt8Storage", 1),
            Map.entry("ShortStorage", 2),
            Map.entry("HalfStorage", 2),
            Map.entry("BFloat16Storage", 2),
            Map.entry("IntStorage", 4),
            Map.entry("FloatStorage", 4),
            Map.entry("QInt32Storage", 4),
            Map.entry("ComplexHalfStorage", 4),
            Map.entry("LongStorage", 8),
            Map.entry("DoubleStorage", 8),
            Map.entry("ComplexFloatStorage", 8),
            Map.entry("ComplexDoubleStorage", 16));
}
