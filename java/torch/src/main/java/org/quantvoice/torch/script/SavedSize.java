package org.quantvoice.torch.script;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.ArchiveWriter;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.JitModule;
import org.bytedeco.pytorch.OutputArchive;

/**
 * Finds how many bytes a TorchScript file will have. libtorch can save a module only to a path, but an archive also to
 * a function; so the module is put into an archive as its one attribute, and the bytes that libtorch writes of it
 * (code, pickles and tensors) are counted.
 */
final class SavedSize {
    private static final int LOCAL_HEADER = 0x04034b50;
    private static final int ALIGNMENT = 64;
    /** Bytes for the record of an extra file and the end of the archive. */
    private static final int SLACK = 1 << 12;

    private SavedSize() {}

    /**
     * @param file the target, whose name is in each record twice
     * @param extra bytes of extra files
     * @return an upper bound of the file's size in bytes
     */
    static long atMost(JitModule module, Path file, long extra, ScriptWriter.Form form) {
        try (Counter counter = new Counter();
                OutputArchive archive = new OutputArchive()) {
            archive.write("module", new IValue(module._ivalue()));
            archive.save_to(counter);
            int name = file.getFileName().toString().getBytes(StandardCharsets.UTF_8).length;
            long names = counter.records * (2L * name + ALIGNMENT);
            // bytecode for the mobile interpreter takes fewer bytes than the code and pickles that it repeats
            long bytecode = form == ScriptWriter.Form.MOBILE ? counter.bytes - counter.tensors : 0;
            return counter.bytes + names + bytecode + extra + SLACK;
        }
    }

    /** Discards all bytes and counts them. libtorch writes a record's header and its name in separate calls. */
    private static final class Counter extends ArchiveWriter {
        private long bytes;
        private long tensors;
        private long records;
        private boolean nameFollows;
        private boolean ofTensor;

        @Override
        public long call(Pointer data, long count) {
            bytes += count;
            if (nameFollows) {
                byte[] name = new byte[(int) count];
                new BytePointer(data).get(name);
                ofTensor = new String(name, StandardCharsets.UTF_8).matches("[^/]+/(data|constants)/\\d+");
            } else if (ofTensor) {
                tensors += count;
            }
            nameFollows = count >= Integer.BYTES && new BytePointer(data).getInt() == LOCAL_HEADER;
            if (nameFollows) {
                records++;
                ofTensor = false;
            }
            return count;
        }
    }
}
