package org.quantvoice.audio;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ServiceLoader;
import org.quantvoice.error.ModelFormatException;

/**
 * Tells speech from the rest of a recording, so that what holds none costs nothing. Anyone may implement it. An instance is
 * immutable and shared by threads; each recording (each channel of it) gets a {@link Detector} of its own. One that holds a
 * model is closed by whoever opened it, behind the last recording; closing others does nothing.
 */
public interface VoiceActivity extends AutoCloseable {

    /**
     * A detector for one recording.
     *
     * @param sampleRate hertz of the samples that it will be given
     * @throws org.quantvoice.error.QuantVoiceException if it cannot work at that rate
     */
    Detector begin(int sampleRate);

    /** By the energy of the sound: what stays within 6 dB of the quietest moment of the last 10 s holds no speech. */
    static VoiceActivity byEnergy() {
        return EnergyActivity::new;
    }

    /** Takes everything for speech. */
    static VoiceActivity everywhere() {
        return rate -> new EverywhereActive(rate);
    }

    /**
     * A model of the user's, in the form of Silero's: one call a step of samples, and a state that goes from call to call. ONNX
     * files run on the native engine, TorchScript on libtorch if {@code quantvoice-torch} is there; other kinds are
     * {@link Reader}s.
     *
     * @return to be closed
     * @throws ModelFormatException if there is no such file, or nothing here reads it
     * @throws org.quantvoice.error.QuantVoiceException if it is no model of this form
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
     * Gives the model back, if there is one, as soon as no recording is under way; none may begin any more. A second call does
     * nothing.
     */
    @Override
    default void close() {}

    /** One recording under way. For one thread at a time. */
    interface Detector extends AutoCloseable {

        /** Samples that one decision stands for, 1 or more; the same for the whole recording. */
        int step();

        /**
         * Takes the next samples, any number.
         *
         * @param samples mono, in [-1, 1]; not kept
         * @return the probabilities of speech of the steps that are decided by now, 0 to 1, in order and without gaps; perhaps
         *     none. They depend on the samples alone, never on how they were cut.
         */
        float[] accept(float[] samples);

        /** The decisions that are missing, one for each step that has begun. Nothing may be accepted afterwards. */
        float[] finish();

        /** Gives back what the detector holds; a second call does nothing. */
        @Override
        default void close() {}
    }

    /**
     * Opens models of some format; found by {@link ServiceLoader}. Instances have no state and may be shared by threads.
     */
    interface Reader {

        /** Whether this reads such a file at all, judged by its first bytes; does not promise that the file is sound. */
        boolean reads(Path model);

        /**
         * Opens a model and runs it once, so that what does not fit is refused here and not in the middle of a recording.
         *
         * @return to be closed
         * @throws org.quantvoice.error.QuantVoiceException if the file is damaged, or no model of this kind
         */
        VoiceActivity read(Path model);
    }
}
