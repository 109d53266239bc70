package org.quantvoice;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;

/**
 * Merges the segments of several channels in the order of their beginnings; segments that begin at the same time are
 * ordered by channel.
 */
final class SegmentMerge {
    private final Consumer<Transcript.Segment> sink;
    private final List<Deque<Transcript.Segment>> waiting = new ArrayList<>();

    SegmentMerge(int channels, Consumer<Transcript.Segment> sink) {
        this.sink = sink;
        for (int c = 0; c < channels; c++) {
            waiting.add(new ArrayDeque<>());
        }
    }

    void add(int channel, Transcript.Segment segment) {
        waiting.get(channel).addLast(segment);
    }

    /**
     * Passes on the segments before which no other segment can come.
     *
     * @param settled for each channel the second before which no further segment of it starts
     */
    void release(double[] settled) {
        for (int c = first(); c >= 0; c = first()) {
            Transcript.Segment next = waiting.get(c).getFirst();
            for (int other = 0; other < settled.length; other++) {
                boolean later = other < c ? settled[other] > next.start() : settled[other] >= next.start();
                if (other != c && waiting.get(other).isEmpty() && !later) {
                    return;
                }
            }
            sink.accept(waiting.get(c).removeFirst());
        }
    }

    private int first() {
        int first = -1;
        for (int c = 0; c < waiting.size(); c++) {
            Transcript.Segment head = waiting.get(c).peekFirst();
            if (head != null
                    && (first < 0
                            || head.start() < waiting.get(first).getFirst().start())) {
                first = c;
            }
        }
        return first;
    }
}
