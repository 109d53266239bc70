package org.quantvoice;

import org.quantvoice.error.AudioFormatException;

/** Which channels of a recording are recognised. Immutable. */
public final class Channels {
    private static final Channels MIX = new Channels(0);
    private static final Channels SPLIT = new Channels(-1);

    private final int number;

    private Channels(int number) {
        this.number = number;
    }

    /** The mean of all. */
    public static Channels mix() {
        return MIX;
    }

    /** Each by itself, as the two sides of a call; words and segments know theirs: {@code 1}, {@code 2} and so on. */
    public static Channels split() {
        return SPLIT;
    }

    /**
     * One of them.
     *
     * @param number 1 or more
     */
    public static Channels only(int number) {
        if (number < 1) {
            throw new AudioFormatException("channel " + number, "1 or more", "count channels from 1");
        }
        return new Channels(number);
    }

    boolean isMix() {
        return number == 0;
    }

    /** The channels, counted from 0, of a recording that has {@code count}. */
    int[] of(int count, String name) {
        if (number > count) {
            throw new AudioFormatException(
                    name + ": " + count + (count == 1 ? " channel" : " channels"),
                    "at least " + number,
                    "choose one of its channels");
        }
        return number > 0
                ? new int[] {number - 1}
                : java.util.stream.IntStream.range(0, count).toArray();
    }

    /** Whether results say which channel they are of. */
    boolean isSplit() {
        return number < 0;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Channels c && c.number == number;
    }

    @Override
    public int hashCode() {
        return number;
    }

    @Override
    public String toString() {
        return number == 0 ? "mix" : number < 0 ? "split" : Integer.toString(number);
    }
}
