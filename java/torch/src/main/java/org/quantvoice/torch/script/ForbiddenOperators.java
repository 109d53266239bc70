package org.quantvoice.torch.script;

import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.quantvoice.error.ModelFormatException;

/**
 * Finds calls in TorchScript code that touch files, processes or the network. No speech model needs them. This is a tripwire
 * for accidents; it does not make an untrusted file safe.
 */
public final class ForbiddenOperators {
    private static final Pattern CALL = Pattern.compile("\\b(?:torch|ops\\.\\w+)\\.(?:"
            + "from_file|save|load|_save|_load|save_to_file|read_file|write_file|load_library|"
            + "rpc_async|rpc_sync|rpc_remote|barrier|sox_\\w+|system|popen|exec"
            + ")\\s*\\(|\\bops\\.(?:c10d|_c10d_functional|c10d_functional|rpc|distributed|image|video_reader|torchaudio_sox)"
            + "\\.\\w+\\s*\\(|\\b(?:rpc_async|rpc_sync|rpc_remote)\\s*\\(");

    private ForbiddenOperators() {}

    /**
     * @throws ModelFormatException naming the first such call
     */
    static void check(Path model, String part, String code) {
        Matcher m = CALL.matcher(code);
        if (m.find()) {
            String call = m.group();
            long line = 1
                    + code.substring(0, m.start())
                            .chars()
                            .filter(c -> c == '\n')
                            .count();
            throw new ModelFormatException(
                    "a call of " + call.substring(0, call.lastIndexOf('(')).strip() + " in " + part + ", line " + line
                            + ", of " + model,
                    "a model that touches no files, processes or network",
                    "export the model without it, and load models from sources you trust only");
        }
    }
}
