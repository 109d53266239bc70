package org.quantvoice.spark;

/** What is told of a batch while it goes on, on a thread of Spark's. */
public interface BatchListener {
    /**
     * After each task.
     *
     * @param doneHours hours of audio that were heard in this run
     * @param allHours of all that are to be heard, by the headers of the files
     * @param seconds since hearing began
     */
    void progress(double doneHours, double allHours, double seconds);
}
