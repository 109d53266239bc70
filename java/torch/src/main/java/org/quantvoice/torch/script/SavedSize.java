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
 * How many bytes a TorchScript file will have. libtorch saves a module to a path only, but an archive to a function: the module
 * is put into an archive as its one attribute, and what libtorch writes of it is counted, code, pickles and tensors alike.
 */
final class SavedSize {
    private static final int LOCAL_HEADER = 0x04034b50;
    private static final int ALIGNMENT = 64;
    /** For the record of an extra file and the archive's end. */
    private static final int SLACK = 1 << 12;

    private SavedSize() {}

    /**
     * @param file whose name stands in each record, twice
     * @param extra bytes of extra files
     * @return no less than the bytes of the file
     */
    static long atMost(JitModule module, Path file, long extra, ScriptWriter.Form form) {
        try (Counter counter = new Counter();
                OutputArchive archive = new OutputArchive()) {
            archive.write("module", new IValue(module._ivalue()));
            archive.save_to(counter);
            int name = file.getFileName().toString().getBytes(StandardCharsets.UTF_8).length;
            long names = counter.records * (2L * name + ALIGNMENT);
            // bytecode for the mobile interpreter says in less bytes what code and pickles say
            long bytecode = form == ScriptWriter.Form.MOBILE ? counter.bytes - counter.tensors : 0;
            return counter.bytes + names + bytecode + extra + SLACK;
        }
    }

    /** Takes everything, and keeps how much it was; a record's header and its name come in pieces of their own. */
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
