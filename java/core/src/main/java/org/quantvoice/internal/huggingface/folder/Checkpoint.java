package org.quantvoice.internal.huggingface.folder;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.internal.archive.Part;
import org.quantvoice.internal.archive.PickleReader;
import org.quantvoice.internal.archive.PickleValue;
import org.quantvoice.internal.archive.PickleValue.Container;
import org.quantvoice.internal.archive.PickleValue.Tensor;
import org.quantvoice.internal.archive.PickleValue.Text;
import org.quantvoice.internal.archive.ZipArchive;
import org.quantvoice.internal.archive.ZipRecord;

/**
 * Reads a state dict that {@code torch.save} wrote, since PyTorch 1.6 ({@code pytorch_model.bin}): a zip with a
 * pickle of names and tensors, and a record for each storage. The pickle is read, not run: no class of it is
 * instantiated, and no function is called.
 */
final class Checkpoint {
    private static final int MOST_PICKLE_BYTES = 64 << 20;
    private static final String PICKLE = "data.pkl";
    /** First byte of a pickle without a zip around it. */
    private static final int PICKLE_START = 0x80;

    private static final String CURE =
            "take model.safetensors, or load the checkpoint in Python and write its state dict with torch.save";

    private final Path file;
    private final ZipArchive zip;
    private final String root;

    private Checkpoint(Path file, ZipArchive zip) {
        this.file = file;
        this.zip = zip;
        this.root = zip.records().stream()
                .map(ZipRecord::name)
                .filter(n -> n.endsWith("/" + PICKLE) && n.indexOf('/') == n.length() - PICKLE.length() - 1)
                .map(n -> n.substring(0, n.indexOf('/') + 1))
                .findFirst()
                .orElseThrow(() -> refused("a zip without " + PICKLE));
    }

    /**
     * Returns the tensors of a file by name; their elements stay in the file until they are read.
     *
     * @throws ModelFormatException if it is no state dict, is damaged, or its pickle names anything but tensors
     */
    static Map<String, StoredTensor> read(Path file) {
        try {
            return read(file, 0, Files.size(file), Optional::of);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    /**
     * Returns the tensors of a state dict within a file.
     *
     * @param from position at which the state dict begins
     * @param bytes number of its bytes
     * @param names gives the name of a tensor here; empty if the tensor is left out
     */
    static Map<String, StoredTensor> read(Path file, long from, long bytes, Function<String, Optional<String>> names) {
        try (InputStream in = Files.newInputStream(file)) {
            in.skipNBytes(from);
            if (in.read() == PICKLE_START) {
                throw new ModelFormatException(
                        file + ", a checkpoint in PyTorch's format before 1.6", "a zip, as torch.save writes it", CURE);
            }
        } catch (IOException e) {
            throw unreadable(file, e);
        }
        try (ZipArchive zip = ZipArchive.open(file, from, bytes)) {
            return new Checkpoint(file, zip).tensors(names);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private static ModelFormatException unreadable(Path file, IOException e) {
        return new ModelFormatException(
                file + ", which cannot be read (" + e + ")", "a readable file", "check its permissions", e);
    }

    private Map<String, StoredTensor> tensors(Function<String, Optional<String>> names) throws IOException {
        Part part = new Part(file, root + PICKLE);
        requireLittleEndian();
        ZipRecord pickle = zip.find(part.name()).orElseThrow();
        PickleValue state = PickleReader.read(
                part, zip.read(pickle, MOST_PICKLE_BYTES), new CheckpointCalls(part, key -> bytes(part, key)));
        if (!(state instanceof Container dict) || dict.kind() != Container.Kind.DICT) {
            throw part.refused("what is no dictionary", "a state dict, names and tensors", CURE);
        }
        StoredFile stored = new StoredFile(file);
        Map<String, StoredTensor> tensors = new LinkedHashMap<>();
        List<PickleValue> items = dict.items();
        for (int i = 0; i < items.size(); i += 2) {
            if (!(items.get(i) instanceof Text name) || !(items.get(i + 1) instanceof Tensor tensor)) {
                throw part.refused("a value that is no tensor under a name", "a state dict, names and tensors", CURE);
            }
            Optional<String> ours = names.apply(name.value());
            if (ours.isPresent() && tensors.put(ours.get(), stored(part, stored, name.value(), tensor)) != null) {
                throw part.refused("two tensors that are " + ours.get(), "each name once", CURE);
            }
        }
        return tensors;
    }

    private StoredTensor stored(Part part, StoredFile stored, String name, Tensor tensor) {
        long[] shape = tensor.sizes().stream().mapToLong(Long::longValue).toArray();
        if (!isInOrder(tensor)) {
            throw part.refused(
                    name + ", a view with strides " + tensor.strides(), "tensors whose elements stand in order", CURE);
        }
        ElementType type = ElementType.ofStorage(tensor.storage().type(), name);
        long at = tensor.storage().elements() == 0
                ? 0
                : record(tensor.storage().key()).orElseThrow().start();
        return new StoredTensor(stored, at + tensor.offset() * type.width(), type, shape);
    }

    private static boolean isInOrder(Tensor tensor) {
        long stride = 1;
        for (int i = tensor.sizes().size() - 1; i >= 0; i--) {
            long size = tensor.sizes().get(i);
            if (size > 1 && tensor.strides().get(i) != stride) {
                return false;
            }
            stride *= size;
        }
        return true;
    }

    private Optional<ZipRecord> record(String key) {
        return zip.find(root + "data/" + key);
    }

    /** Returns the number of bytes of a storage, which must be stored uncompressed. */
    private OptionalLong bytes(Part part, String key) {
        Optional<ZipRecord> record = record(key);
        if (record.filter(ZipRecord::deflated).isPresent()) {
            throw part.refused("a compressed storage '" + key + "'", "storages as torch.save writes them", CURE);
        }
        return record.isEmpty()
                ? OptionalLong.empty()
                : OptionalLong.of(record.get().bytes());
    }

    private void requireLittleEndian() throws IOException {
        Optional<ZipRecord> order = zip.find(root + "byteorder");
        if (order.isPresent()) {
            String text = new String(zip.read(order.get(), 64), StandardCharsets.US_ASCII);
            if (!text.equals("little")) {
                throw refused("numbers in the byte order '" + text + "'");
            }
        }
    }

    private ModelFormatException refused(String got) {
        return new ModelFormatException(file + ", " + got, "a state dict of torch.save, little-endian", CURE);
    }
}
