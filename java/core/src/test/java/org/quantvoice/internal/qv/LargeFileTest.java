package org.quantvoice.internal.qv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quantvoice.error.OutputException;

/** Files are as large as they need to be; a tensor that could not be read again is not written. */
class LargeFileTest {
    @TempDir
    Path folder;

    /** A tensor of floats of which nothing is written here. */
    private record Floats(long count) implements SafeTensors.Source {
        @Override
        public String type() {
            return "F32";
        }

        @Override
        public long[] shape() {
            return new long[] {count};
        }

        @Override
        public long byteSize() {
            return count * Float.BYTES;
        }

        @Override
        public void writeTo(OutputStream out) {}
    }

    @Test
    void tensorsBehindTheSecondGibibyteAreRead() throws IOException {
        Map<String, SafeTensors.Source> tensors = new LinkedHashMap<>();
        for (String name : new String[] {"a", "b", "c"}) {
            tensors.put(name, new Floats(1 << 28));
        }
        ByteArrayOutputStream header = new ByteArrayOutputStream();
        SafeTensors.write(header, tensors, Map.of("format", "test"));
        Path file = folder.resolve("large.qv");
        long end = header.size() + 3L * (1 << 30);
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.write(header.toByteArray());
            sparse.setLength(end);
            sparse.seek(end - Float.BYTES);
            sparse.write(ByteBuffer.allocate(Float.BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putFloat(0.5f)
                    .array());
        }
        Map<String, String> metadata = new LinkedHashMap<>();
        Map<String, SafeTensors.Entry> entries = SafeTensors.open(file, metadata);
        try {
            assertThat(metadata).containsEntry("format", "test");
            ByteBuffer last = ByteBuffer.allocate(2 * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            entries.get("c").bytes().read((1L << 30) - 2 * Float.BYTES, last);
            assertThat(last.flip().getFloat()).isZero();
            assertThat(last.getFloat()).isEqualTo(0.5f);
        } finally {
            entries.values().forEach(e -> e.bytes().close());
        }
    }

    @Test
    void aTensorThatCouldNotBeReadAgainIsRefusedBeforeAnythingIsWritten() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertThatThrownBy(() -> SafeTensors.write(out, Map.of("decoder.weight", new Floats(1L << 29)), Map.of()))
                .isInstanceOf(OutputException.class)
                .hasMessageContaining("decoder.weight");
        assertThat(out.size()).isZero();
    }
}
