package org.quantvoice.cli;

/**
 * Computing time divided by audio time, for the encoder alone and for everything (features, encoder, decoding); below
 * 1 is faster than real time.
 */
final class RealTimeFactor {
    private double audioSeconds;
    private double encoderSeconds;
    private double totalSeconds;

    /**
     * Adds one utterance.
     *
     * @param audioSeconds its length, above 0
     * @param encoderSeconds wall time of the acoustic model
     * @param totalSeconds wall time of everything, the encoder included
     */
    public void add(double audioSeconds, double encoderSeconds, double totalSeconds) {
        if (!(audioSeconds > 0 && encoderSeconds >= 0 && totalSeconds >= encoderSeconds && totalSeconds < 1e12)) {
            throw new IllegalArgumentException(String.format(
                    "got %s s of audio, %s s of encoder and %s s in all; expected audio > 0 and 0 <= encoder <= all;"
                            + " measure both with System.nanoTime",
                    audioSeconds, encoderSeconds, totalSeconds));
        }
        this.audioSeconds += audioSeconds;
        this.encoderSeconds += encoderSeconds;
        this.totalSeconds += totalSeconds;
    }

    public double audioSeconds() {
        return audioSeconds;
    }

    public double encoderSeconds() {
        return encoderSeconds;
    }

    public double totalSeconds() {
        return totalSeconds;
    }

    /** Returns the factor of the encoder alone; NaN before the first utterance. */
    public double encoder() {
        return encoderSeconds / audioSeconds;
    }

    /** Returns the factor of everything; NaN before the first utterance. */
    public double whole() {
        return totalSeconds / audioSeconds;
    }
}
