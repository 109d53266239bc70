package org.quantvoice.spark;

import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;

/** Tells a listener of each task that ends. */
final class ProgressReport extends SparkListener {
    private final Meters meters;
    private final double allHours;
    private final BatchListener listener;
    private final long start = System.nanoTime();

    ProgressReport(Meters meters, double allHours, BatchListener listener) {
        this.meters = meters;
        this.allHours = allHours;
        this.listener = listener;
    }

    @Override
    public void onTaskEnd(SparkListenerTaskEnd end) {
        listener.progress(Math.min(allHours, meters.hours()), allHours, (System.nanoTime() - start) / 1e9);
    }
}
