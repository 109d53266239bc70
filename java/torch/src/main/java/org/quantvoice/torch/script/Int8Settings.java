package org.quantvoice.torch.script;

import java.io.IOException;
import java.io.StringReader;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;
import org.quantvoice.engine.Backend;
import org.quantvoice.torch.archive.ScriptArchive;

/**
 * The settings that an int8 model needs to run. They are stored in its file beside the model, where other readers
 * ignore them.
 *
 * @param backend the quantized backend that its ranges were made for
 * @param window the shortest input in samples; libtorch's int8 convolutions read beyond shorter ones instead of refusing them
 */
public record Int8Settings(Backend backend, int window) {
    /** The name of the extra file. */
    static final String FILE = "quantvoice.properties";
    /** The window, in samples, of int8 models that other programs made: that of the wav2vec 2.0 family. */
    private static final int USUAL_WINDOW = 400;

    /**
     * Reads the settings of a file that this project wrote, or assumes the usual ones for a file of another program.
     */
    public static Int8Settings of(ScriptArchive archive, Optional<Backend> asked) {
        Properties stored = new Properties();
        try {
            stored.load(new StringReader(archive.extra(FILE).orElse("")));
        } catch (IOException | IllegalArgumentException e) {
            stored.clear(); // another program wrote a file of that name
        }
        Optional<Backend> made = Arrays.stream(Backend.values())
                .filter(b -> b.name().equalsIgnoreCase(stored.getProperty("backend", "")))
                .findFirst();
        String window = stored.getProperty("window", "");
        return new Int8Settings(
                asked.or(() -> made).orElseGet(QuantizedEngine::preferred),
                window.matches("\\d{1,9}") ? Integer.parseInt(window) : USUAL_WINDOW);
    }

    String text() {
        return "backend=" + backend.name().toLowerCase(Locale.ROOT) + "\nwindow=" + window + "\n";
    }
}
