package org.quantvoice.spark;

import java.util.List;
import org.quantvoice.error.AudioFormatException;

/**
 * What a batch transcribes, and where to.
 *
 * @param inputs files and folders of any file system that Hadoop knows, at least one; folders with all below them, but for what
 *     begins with a dot or an underscore
 * @param glob which files of folders are meant by their names, such as <code>*.{wav,flac}</code>; {@code *}: all
 * @param output a folder
 * @param resume whether an output may be there: what it holds of a recording (same path, length, time of modification, model) is
 *     not heard again
 * @param retryFailed whether, resuming, recordings that failed are heard again
 */
public record BatchOptions(
        SpeechOptions speech,
        List<String> inputs,
        String glob,
        String output,
        BatchFormat format,
        boolean resume,
        boolean retryFailed) {
    public BatchOptions {
        inputs = List.copyOf(inputs);
        if (inputs.isEmpty()) {
            throw new AudioFormatException("no input", "files or folders", "name at least one");
        }
    }
}
