package org.quantvoice;

import org.quantvoice.error.AudioFormatException;

/** The channels of a recording that are recognised. Immutable. */
public final class Channels {
    private static final Channels MIX = new Channels(0);
    private static final Channels SPLIT = new Channels(-1);

    private final int number;

    private Channels(int number) {
        this.number = number;
    }

    /** Returns the choice of the mean of all channels. */
    public static Channels mix() {
        return MIX;
    }

    /**
     * Returns the choice of each channel by itself, such as the two sides of a call; words and segments then have a
     * label {@code 1}, {@code 2} and so on.
     */
    public static Channels split() {
        return SPLIT;
    }

    /**
     * Returns the choice of one channel.
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

    /** Returns the channels, counted from 0, of a recording that has {@code count} channels. */
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

    /** Returns whether results name their channel. */
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
