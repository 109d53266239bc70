package org.quantvoice.audio;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ServiceLoader;
import org.quantvoice.error.ModelFormatException;

/**
 * Distinguishes speech from the rest of a recording, so that parts without speech cost nothing. Users may implement
 * it. An instance is immutable and shared by threads; each recording (each channel of it) gets its own {@link
 * Detector}. An instance that holds a model must be closed by its opener after the last recording; closing others
 * does nothing.
 */
public interface VoiceActivity extends AutoCloseable {

    /**
     * Returns a detector for one recording.
     *
     * @param sampleRate hertz of the samples that it will receive
     * @throws org.quantvoice.error.QuantVoiceException if it cannot work at that rate
     */
    Detector begin(int sampleRate);

    /** Returns detection by energy: sound within 6 dB of the quietest moment of the last 10 s is no speech. */
    static VoiceActivity byEnergy() {
        return EnergyActivity::new;
    }

    /** Returns an instance that takes everything for speech. */
    static VoiceActivity everywhere() {
        return rate -> new EverywhereActive(rate);
    }

    /**
     * Opens a user's model with the interface of Silero's: one call for each step of samples, and a state that goes
     * from call to call. ONNX files run on the native engine, TorchScript on libtorch if {@code quantvoice-torch} is
     * there; other kinds are {@link Reader}s.
     *
     * @return the model, which the caller must close
     * @throws ModelFormatException if there is no such file, or no installed reader reads it
     * @throws org.quantvoice.error.QuantVoiceException if the model has another interface
     */
    static VoiceActivity model(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new ModelFormatException("no file at " + file, "a model of voice activity", "check the path");
        }
        ClassLoader beside = Reader.class.getClassLoader();
        for (Reader reader : ServiceLoader.load(Reader.class, beside)) {
            if (reader.reads(file)) {
                return reader.read(file);
            }
        }
        throw new ModelFormatException(
                file + ", which nothing here reads as a model of voice activity",
                "an ONNX file, or TorchScript and quantvoice-torch on the class path",
                "export the model, or leave it out: speech is then found by energy");
    }

    /**
     * Closes the model, if there is one, as soon as no recording is under way; no new recording may begin. A second
     * call does nothing.
     */
    @Override
    default void close() {}

    /** The detection of speech in one recording. For one thread at a time. */
    interface Detector extends AutoCloseable {

        /** Returns the number of samples of one decision, 1 or more; it is constant for the whole recording. */
        int step();

        /**
         * Takes the next samples, any number.
         *
         * @param samples mono, in [-1, 1]; not retained
         * @return the probabilities of speech, 0 to 1, of the steps that are newly decided, in order and without
         *     gaps; there may be none. They depend on the samples alone, never on how they were split into calls.
         */
        float[] accept(float[] samples);

        /**
         * Ends the recording and returns the remaining decisions, one for each step that has begun. Nothing may be
         * accepted afterwards.
         */
        float[] finish();

        /** Frees the detector's resources; a second call does nothing. */
        @Override
        default void close() {}
    }

    /**
     * Opens models of some format; found by {@link ServiceLoader}. Instances have no state and may be shared by threads.
     */
    interface Reader {

        /**
         * Returns whether this reads files of the model's format, judged by its first bytes; the file may still be
         * damaged.
         */
        boolean reads(Path model);

        /**
         * Opens a model and runs it once, so that an unsuitable model is refused here and not in the middle of a
         * recording.
         *
         * @return the model, which the caller must close
         * @throws org.quantvoice.error.QuantVoiceException if the file is damaged, or no model of this kind
         */
        VoiceActivity read(Path model);
    }
}
