package org.quantvoice.spark;

import java.util.List;
import org.quantvoice.error.AudioFormatException;

/**
 * The inputs and the output of a batch.
 *
 * @param inputs files and folders of any file system that Hadoop knows, at least one; folders count with all files
 *     below them whose names do not begin with a dot or an underscore
 * @param glob the names of the files in folders, such as <code>*.{wav,flac}</code>; {@code *} for all
 * @param output the folder to write to
 * @param resume whether the output may exist; recordings that it holds (same path, length, time of modification, model)
 *     are not transcribed again
 * @param retryFailed whether a resumed run transcribes failed recordings again
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
