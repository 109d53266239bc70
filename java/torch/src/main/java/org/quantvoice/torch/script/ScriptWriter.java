package org.quantvoice.torch.script;

import java.nio.file.Path;
import java.util.Optional;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.pytorch.ExtraFilesMap;
import org.bytedeco.pytorch.JitModule;
import org.quantvoice.error.OutputException;
import org.quantvoice.internal.files.AtomicFile;
import org.quantvoice.torch.script.Libtorch.TorchFailure;

/**
 * Writes TorchScript files atomically: into a folder beside the target, forced to disk, then renamed. The settings
 * of an int8 model go with it as an extra file, which other readers ignore.
 */
public final class ScriptWriter {
    /** What is written. */
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
            AtomicFile.replace(target, temporary -> serialize(module, int8, form, temporary));
        } catch (TorchFailure e) {
            throw new OutputException(
                    "no way to write " + target + " (" + e + ")",
                    "a writable path with enough space",
                    "choose another path",
                    e);
        }
    }

    private static void serialize(JitModule module, Optional<Int8Settings> int8, Form form, Path file) {
        try (TorchCall call = new TorchCall(1)) {
            Libtorch.call(() -> {
                ExtraFilesMap extra = new ExtraFilesMap();
                int8.ifPresent(
                        settings -> extra.put(new BytePointer(Int8Settings.FILE), new BytePointer(settings.text())));
                if (form == Form.MOBILE) {
                    // as a zip file, which full libtorch reads too; the other form is a flatbuffer
                    module._save_for_mobile(file.toString(), extra, false, false);
                } else {
                    module.save(file.toString(), extra);
                }
                return file;
            });
        }
    }
}
