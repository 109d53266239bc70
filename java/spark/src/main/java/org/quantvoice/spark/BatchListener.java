package org.quantvoice.spark;

/** Is told the progress of a batch, on a thread of Spark. */
public interface BatchListener {
    /**
     * Called after each task.
     *
     * @param doneHours hours of audio that this run has transcribed
     * @param allHours hours of all audio to transcribe, by the headers of the files
     * @param seconds since transcription began
     */
    void progress(double doneHours, double allHours, double seconds);
}
