package org.quantvoice.audio;

/**
 * Tells speech from the rest of a recording, so that what holds none costs nothing. Anyone may implement it. An instance is
 * immutable and shared by threads; each recording (each channel of it) gets a {@link Detector} of its own.
 */
public interface VoiceActivity {

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
}
