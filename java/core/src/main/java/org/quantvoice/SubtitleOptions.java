package org.quantvoice;

import org.quantvoice.error.OutputException;

/**
 * Options for the layout of subtitles. The defaults are those that broadcasters and film festivals require.
 * Immutable.
 */
public final class SubtitleOptions {
    private static final SubtitleOptions DEFAULTS = builder().build();

    private final int lines;
    private final int columns;
    private final double shortest;
    private final double longest;
    private final double charactersPerSecond;
    private final double gap;
    private final boolean wordTimes;

    private SubtitleOptions(Builder from) {
        lines = from.lines;
        columns = from.columns;
        shortest = from.shortest;
        longest = from.longest;
        charactersPerSecond = from.charactersPerSecond;
        gap = from.gap;
        wordTimes = from.wordTimes;
    }

    /**
     * Returns the defaults: two lines of 42 columns, 1 to 7 s, 20 characters a second, 0.08 s between cues, no times
     * of words.
     */
    public static SubtitleOptions defaults() {
        return DEFAULTS;
    }

    public static Builder builder() {
        return new Builder();
    }

    int lines() {
        return lines;
    }

    int columns() {
        return columns;
    }

    double shortest() {
        return shortest;
    }

    double longest() {
        return longest;
    }

    double charactersPerSecond() {
        return charactersPerSecond;
    }

    double gap() {
        return gap;
    }

    boolean wordTimes() {
        return wordTimes;
    }

    /** Collects options; every one has a default. */
    public static final class Builder {
        private int lines = 2;
        private int columns = 42;
        private double shortest = 1;
        private double longest = 7;
        private double charactersPerSecond = 20;
        private double gap = 0.08;
        private boolean wordTimes;

        private Builder() {}

        /** Sets the largest number of lines of a cue, 1 or more; default 2. */
        public Builder lines(int most) {
            lines = most;
            return this;
        }

        /**
         * Sets the largest number of columns of a line, 8 or more; default 42. Chinese and Japanese characters take
         * two columns. A word that is wider gets its own line.
         */
        public Builder columns(int most) {
            columns = most;
            return this;
        }

        /**
         * Sets the shortest and longest duration of a cue in seconds, above 0; default 1 to 7. A cue is shorter if
         * speech leaves no room.
         */
        public Builder seconds(double least, double most) {
            shortest = least;
            longest = most;
            return this;
        }

        /**
         * Sets the largest number of characters that people read in a second; default 20. Cues are faster if speech
         * is.
         */
        public Builder charactersPerSecond(double most) {
            charactersPerSecond = most;
            return this;
        }

        /** Sets the number of seconds between two cues, 0 or more; default 0.08, two frames of film or television. */
        public Builder gap(double seconds) {
            gap = seconds;
            return this;
        }

        /** Sets whether WebVTT has the time at which each word begins; default false. SubRip cannot have it. */
        public Builder wordTimes(boolean on) {
            wordTimes = on;
            return this;
        }

        /**
         * Builds the options.
         *
         * @throws OutputException if a value is out of its range
         */
        public SubtitleOptions build() {
            require(lines >= 1, lines + " lines", "1 or more");
            require(columns >= 8, columns + " columns", "8 or more");
            require(
                    shortest > 0 && longest >= shortest && longest < Double.POSITIVE_INFINITY,
                    "cues of " + shortest + " to " + longest + " s",
                    "more than 0 s, in order");
            require(charactersPerSecond > 0, charactersPerSecond + " characters a second", "more than 0");
            require(gap >= 0 && gap < shortest, "gaps of " + gap + " s", "0 s to the shortest cue");
            return new SubtitleOptions(this);
        }

        private static void require(boolean holds, String got, String expected) {
            if (!holds) {
                throw new OutputException("subtitles with " + got, expected, "correct the options of the subtitles");
            }
        }
    }
}
