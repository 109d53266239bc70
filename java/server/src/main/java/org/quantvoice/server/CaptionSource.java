package org.quantvoice.server;

import java.util.function.Supplier;
import org.quantvoice.stream.TranscriptStream;

/**
 * Where the streams of clients come from.
 *
 * @param model its name, for the page
 * @param sampleRate hertz of the streams
 * @param latencySeconds from a sound to its words, computation not counted
 * @param streams opens a stream
 */
public record CaptionSource(String model, int sampleRate, double latencySeconds, Supplier<TranscriptStream> streams) {

    TranscriptStream open() {
        return streams.get();
    }
}
