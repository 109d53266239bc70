package org.quantvoice.internal.onnx.read;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.LongStream;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.internal.files.StoredFile;

/** Reads {@code TensorProto}, whose elements are in the message or in a file beside the model. */
final class TensorReader {
    private static final int MOST_AXES = 16;
    private static final long MOST_ELEMENTS = 1L << 40;
    private static final int EXTERNAL = 1;

    private final FileWindow window;
    private final Path folder;
    private final Map<String, StoredFile> beside = new HashMap<>();

    TensorReader(FileWindow window, Path model) {
        this.window = window;
        Path parent = model.toAbsolutePath().getParent();
        this.folder = parent == null ? model.toAbsolutePath() : parent;
    }

    /** Returns the values of the fields of one message. */
    private static final class Fields {
        private final LongStream.Builder sizes = LongStream.builder();
        private long[] dims = new long[0];
        private long type;
        private String name = "";
        private final ByteArrayOutputStream floats = new ByteArrayOutputStream();
        private final ByteArrayOutputStream doubles = new ByteArrayOutputStream();
        private final LongStream.Builder integers = LongStream.builder();
        private long rawAt = -1;
        private long rawLength;
        private boolean external;
        private final Map<String, String> place = new LinkedHashMap<>();
    }

    OnnxTensor read(MessageReader message) {
        Fields fields = new Fields();
        while (message.next()) {
            read(message, fields);
        }
        fields.dims = fields.sizes.build().toArray();
        String owner = "a tensor '" + fields.name + "'";
        ElementType type = ElementType.of(fields.type, owner);
        long count = count(fields.dims, owner);
        if (fields.external) {
            return beside(fields, type, count);
        }
        if (fields.rawAt >= 0) {
            require(fields.rawLength == count * type.width(), owner, fields, fields.rawLength + " bytes");
            return OnnxTensor.stored(fields.name, type, fields.dims, window.file(), fields.rawAt);
        }
        return OnnxTensor.inline(fields.name, type, fields.dims, inline(fields, type, count, owner));
    }

    private static void read(MessageReader message, Fields fields) {
        switch (message.number()) {
            case 1 -> message.integers(fields.sizes);
            case 2 -> fields.type = message.integer();
            case 4 -> message.fixed(fields.floats, Float.BYTES);
            case 5, 7, 11 -> message.integers(fields.integers);
            case 8 -> fields.name = message.text();
            case 9 -> {
                fields.rawAt = message.from();
                fields.rawLength = message.length();
            }
            case 10 -> message.fixed(fields.doubles, Double.BYTES);
            case 13 -> entry(message.message(), fields.place);
            case 14 -> fields.external = message.integer() == EXTERNAL;
            default -> {
                // Skipped fields (texts, segments, a description) hold no numbers of the tensor.
            }
        }
    }

    /** Reads a {@code StringStringEntryProto}. */
    static void entry(MessageReader message, Map<String, String> into) {
        String key = "";
        String value = "";
        while (message.next()) {
            if (message.number() == 1) {
                key = message.text();
            } else if (message.number() == 2) {
                value = message.text();
            }
        }
        into.put(key, value);
    }

    private static long count(long[] dims, String owner) {
        long count = 1;
        for (long dim : dims) {
            if (dim < 0 || dim > MOST_ELEMENTS || dims.length > MOST_AXES) {
                throw BrokenFile.of(owner + " of sizes " + Arrays.toString(dims));
            }
            count = Math.min(count, MOST_ELEMENTS) * Math.min(dim, Integer.MAX_VALUE);
            if (count > MOST_ELEMENTS || count < 0) {
                throw BrokenFile.of(owner + " of sizes " + Arrays.toString(dims));
            }
        }
        return count;
    }

    private static void require(boolean sound, String owner, Fields fields, String got) {
        if (!sound) {
            throw BrokenFile.of(owner + " of sizes " + Arrays.toString(fields.dims) + " and " + got);
        }
    }

    /** Returns the numbers of the typed lists as bytes. */
    private static byte[] inline(Fields fields, ElementType type, long count, String owner) {
        if (type == ElementType.FLOAT || type == ElementType.DOUBLE) {
            byte[] given = (type == ElementType.FLOAT ? fields.floats : fields.doubles).toByteArray();
            require(given.length == count * type.width(), owner, fields, given.length + " bytes");
            return given;
        }
        long[] numbers = fields.integers.build().toArray();
        require(numbers.length == count, owner, fields, numbers.length + " numbers");
        byte[] bytes = new byte[Math.toIntExact(count * type.width())];
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        for (long each : numbers) {
            switch (type.width()) {
                case 1 -> buffer.put((byte) each);
                case 2 -> buffer.putShort((short) each);
                case 4 -> buffer.putInt((int) each);
                default -> buffer.putLong(each);
            }
        }
        return bytes;
    }

    private OnnxTensor beside(Fields fields, ElementType type, long count) {
        String location = fields.place.getOrDefault("location", "");
        StoredFile file = beside.computeIfAbsent(location, this::open);
        long offset = number(fields, "offset", 0);
        long length = number(fields, "length", count * type.width());
        boolean inside = offset <= file.length() && length <= file.length() - offset && length == count * type.width();
        if (!inside) {
            throw new ModelFormatException(
                    "the tensor '" + fields.name + "' of sizes " + Arrays.toString(fields.dims) + " at byte " + offset
                            + " of " + location + ", which has " + file.length(),
                    count * type.width() + " bytes for it",
                    "download that file again; it must be the one that belongs to the model");
        }
        return OnnxTensor.stored(fields.name, type, fields.dims, file, offset);
    }

    private static long number(Fields fields, String key, long otherwise) {
        String text = fields.place.get(key);
        if (text == null) {
            return otherwise;
        }
        if (!text.matches("[0-9]{1,18}")) {
            throw BrokenFile.of("the tensor '" + fields.name + "' with " + key + " '" + text + "'");
        }
        return Long.parseLong(text);
    }

    /**
     * Opens a file in the model's folder or below it; a path that leads out of the folder, also through links, is
     * refused.
     */
    private StoredFile open(String location) {
        boolean plain = !location.isEmpty() && location.indexOf('\0') < 0 && location.indexOf('\\') < 0;
        Path file = plain ? folder.resolve(location).normalize() : folder;
        if (!plain || Path.of(location).isAbsolute() || !file.startsWith(folder.normalize()) || isOutside(file)) {
            throw new ModelFormatException(
                    "weights in '" + location + "'",
                    "a file in the folder of the model",
                    "do not use this file, which reaches for other files of your computer");
        }
        if (!Files.isRegularFile(file)) {
            throw new ModelFormatException(
                    "no file " + file,
                    "the file with the model's weights beside it",
                    "download it, or copy it with the .onnx file");
        }
        return FileWindow.stored(file);
    }

    private boolean isOutside(Path file) {
        try {
            return Files.exists(file) && !file.toRealPath().startsWith(folder.toRealPath());
        } catch (java.io.IOException e) {
            throw new ModelFormatException(
                    file + ", which cannot be read (" + e + ")", "a readable file", "check its permissions", e);
        }
    }
}
