package org.quantvoice.torch.script;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.pytorch.ExtraFilesMap;
import org.bytedeco.pytorch.JitModule;
import org.quantvoice.error.OutputException;
import org.quantvoice.internal.files.AtomicFile;
import org.quantvoice.internal.files.ReservedFile;
import org.quantvoice.torch.archive.ScriptArchive;
import org.quantvoice.torch.script.Libtorch.TorchFailure;

/**
 * Writes TorchScript files atomically: a file is written into a folder beside the target, forced to disk, opened again,
 * and then renamed. The settings of an int8 model go with it as an extra file, which other readers ignore. libtorch
 * ends the process if it cannot write (its writer throws in a destructor), so the file's bytes are reserved on the disk
 * before it begins.
 */
public final class ScriptWriter {
    /** The form of the file. */
    public enum Form {
        /** TorchScript. */
        PLAIN,
        /** TorchScript with bytecode for the mobile interpreter. */
        MOBILE
    }

    private ScriptWriter() {}

    /**
     * @throws OutputException if anything fails; a file that was at the target stays as it was
     */
    public static void write(ScriptModule module, Optional<Int8Settings> int8, Form form, Path target) {
        write(module.module(), int8, form, target);
    }

    public static void write(JitModule module, Optional<Int8Settings> int8, Path target) {
        write(module, int8, Form.PLAIN, target);
    }

    private static void write(JitModule module, Optional<Int8Settings> int8, Form form, Path target) {
        try {
            AtomicFile.replace(target, temporary -> {
                serialize(module, int8, form, temporary);
                AtomicFile.requireOpens(target, temporary, ScriptWriter::open);
            });
        } catch (TorchFailure e) {
            throw new OutputException(
                    "no way to write " + target + " (" + e + ")",
                    "a writable path with enough space",
                    "choose another path",
                    e);
        }
    }

    /**
     * Opens the written file as a check. The caller already holds the quantized engine of packed weights; to ask for it
     * again could deadlock with the threads that queue for another engine.
     */
    private static void open(Path written) {
        ScriptArchive.check(written);
        ScriptModule.load(written, Optional.empty()).close();
    }

    private static void serialize(JitModule module, Optional<Int8Settings> int8, Form form, Path file)
            throws IOException {
        try (TorchCall call = new TorchCall(1)) {
            String settings = int8.map(Int8Settings::text).orElse("");
            ReservedFile.make(file, Libtorch.call(() -> SavedSize.atMost(module, file, settings.length(), form)));
            Libtorch.call(() -> {
                ExtraFilesMap extra = new ExtraFilesMap();
                if (int8.isPresent()) {
                    extra.put(new BytePointer(Int8Settings.FILE), new BytePointer(settings));
                }
                save(module, extra, form, file);
                return file;
            });
        }
    }

    private static void save(JitModule module, ExtraFilesMap extra, Form form, Path file) {
        if (form == Form.MOBILE) {
            // writes a zip file, which full libtorch reads too, instead of a flatbuffer
            module._save_for_mobile(file.toString(), extra, false, false);
        } else {
            module.save(file.toString(), extra);
        }
    }
}
