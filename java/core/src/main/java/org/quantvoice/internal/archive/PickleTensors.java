package org.quantvoice.internal.archive;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import org.quantvoice.internal.archive.PickleValue.Container;
import org.quantvoice.internal.archive.PickleValue.Container.Kind;
import org.quantvoice.internal.archive.PickleValue.Global;
import org.quantvoice.internal.archive.PickleValue.Storage;
import org.quantvoice.internal.archive.PickleValue.Tensor;
import org.quantvoice.internal.archive.PickleValue.Text;
import org.quantvoice.internal.archive.PickleValue.Whole;

/**
 * Reads storages and tensors of a pickle. Neither libtorch nor Python checks that a tensor lies in its storage; this
 * class does.
 */
public final class PickleTensors {
    /**
     * Largest number of unused bytes at the end of a storage: if its record is named as a narrower type elsewhere,
     * the bytes need not be a multiple of the element's size.
     */
    private static final int MOST_SPARE_BYTES = 16;

    private final Part part;
    private final StorageRecords records;

    public PickleTensors(Part part, StorageRecords records) {
        this.part = part;
        this.records = records;
    }

    /** Returns whether a name is that of a storage class. */
    public static boolean isStorage(Global global) {
        return global.module().equals("torch") && elementBytes(global).isPresent();
    }

    private static Optional<Integer> elementBytes(Global global) {
        return Optional.ofNullable(StorageRecords.ELEMENT_BYTES.get(global.name()));
    }

    /** Returns the storage that a persistent id ("storage", class, key, device, elements) stands for. */
    public Storage storage(PickleValue id) {
        List<PickleValue> parts = items(id, Kind.TUPLE, 5);
        if (!(parts.get(0) instanceof Text kind)
                || !kind.value().equals("storage")
                || !(parts.get(1) instanceof Global type)
                || !type.module().equals("torch")
                || !(parts.get(2) instanceof Text key)
                || !(parts.get(4) instanceof Whole elements)) {
            throw part.refused("a pickle with a persistent value that is no storage", "storages of tensors");
        }
        int width = elementBytes(type).orElseThrow(() -> part.refused("a storage of " + type, "a storage of numbers"));
        long count = elements.value();
        OptionalLong bytes = count == 0 ? OptionalLong.of(0) : records.bytes(key.value());
        if (bytes.isEmpty()) {
            throw part.refused("a storage '" + key.value() + "' without a record", "all weights in the file");
        }
        if (count < 0 || count > bytes.getAsLong() / width || bytes.getAsLong() - count * width > MOST_SPARE_BYTES) {
            throw part.refused(
                    String.format(
                            Locale.ROOT,
                            "a storage '%s' of %,d elements of %d bytes, whose record has %,d bytes",
                            key.value(),
                            count,
                            width,
                            bytes.getAsLong()),
                    "a record that holds them",
                    "copy or export the file again");
        }
        return new Storage(key.value(), type.name(), count);
    }

    /**
     * Returns the tensor of a call of {@code _rebuild_tensor_v2} or {@code _rebuild_qtensor}: storage, offset, sizes,
     * strides, and more.
     */
    public Tensor tensor(PickleValue argument) {
        List<PickleValue> parts = items(argument, Kind.TUPLE, 4);
        if (!(parts.get(0) instanceof Storage storage) || !(parts.get(1) instanceof Whole offset)) {
            throw part.refused("a tensor without storage", "tensors with storage and offset");
        }
        long[] sizes = wholes(parts.get(2));
        long[] strides = wholes(parts.get(3));
        if (!Extent.fits(offset.value(), sizes, strides, storage.elements())) {
            throw part.refused(
                    String.format(
                            Locale.ROOT,
                            "a tensor of sizes %s and strides %s at %,d in a storage of %,d elements",
                            Arrays.toString(sizes),
                            Arrays.toString(strides),
                            offset.value(),
                            storage.elements()),
                    "a tensor that lies in its storage",
                    "copy or export the file again");
        }
        return new Tensor(
                storage,
                offset.value(),
                Arrays.stream(sizes).boxed().toList(),
                Arrays.stream(strides).boxed().toList());
    }

    private long[] wholes(PickleValue value) {
        return items(value, Kind.TUPLE, 0).stream()
                .mapToLong(item -> {
                    if (item instanceof Whole whole) {
                        return whole.value();
                    }
                    throw part.refused("a size that is no whole number", "sizes and strides");
                })
                .toArray();
    }

    /** Returns the values of a container, which must have the given kind and at least {@code atLeast} values. */
    public List<PickleValue> items(PickleValue value, Kind kind, int atLeast) {
        if (!(value instanceof Container container)
                || container.kind() != kind
                || container.items().size() < atLeast) {
            throw part.refused(
                    "a pickle with a call of wrong arguments",
                    "a " + kind.name().toLowerCase(Locale.ROOT) + " of at least " + atLeast + " values");
        }
        return container.items();
    }
}
