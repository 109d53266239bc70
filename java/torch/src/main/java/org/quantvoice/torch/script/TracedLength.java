package org.quantvoice.torch.script;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.IntFunction;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds the length that a model was traced for, where it holds sizes of that recording as numbers. If libtorch refuses
 * another length, its message names two sizes that do not fit: one that follows from the recording and one that the
 * model expects. Their ratio tells how much longer or shorter the recording should be.
 */
public final class TracedLength {
    private static final Pattern LIST = Pattern.compile("\\[([0-9]+(?:, [0-9]+)*)\\]");
    private static final Pattern NUMBER = Pattern.compile("(?<![0-9A-Za-z.])[0-9]{1,9}(?![0-9.])");
    /** The x in sizes of matrices, which messages write as 3x4. */
    private static final Pattern TIMES = Pattern.compile("(?<=[0-9])x(?=[0-9])");

    private static final int STEPS = 8;
    private static final int MOST = 1 << 24;

    private TracedLength() {}

    /**
     * @param refused a length that failed, in samples
     * @param error returns libtorch's message for a length, or empty if the length runs
     * @return a length that runs, if one was found: the shortest of those that give as many frames
     */
    public static OptionalInt find(int refused, IntFunction<Optional<String>> error) {
        int length = refused;
        List<Long> sizes = sizes(error.apply(length).orElse(""));
        for (int step = 0; step < STEPS && sizes.size() == 2; step++) {
            int best = 0;
            List<Long> closest = List.of();
            for (int next :
                    List.of(scaled(length, sizes.get(0), sizes.get(1)), scaled(length, sizes.get(1), sizes.get(0)))) {
                Optional<String> said = next < 1 || next == length ? Optional.of("") : error.apply(next);
                if (said.isEmpty()) {
                    return OptionalInt.of(shortest(next, error));
                }
                List<Long> more = sizes(said.get());
                if (more.size() == 2 && (closest.isEmpty() || distance(more) < distance(closest))) {
                    best = next;
                    closest = more;
                }
            }
            length = best;
            sizes = closest;
        }
        return OptionalInt.empty();
    }

    /**
     * Returns the shortest of the lengths around one that runs. All lengths that give the same number of frames run.
     */
    private static int shortest(int runs, IntFunction<Optional<String>> error) {
        int good = runs;
        int step = 1;
        while (good - step > 0 && error.apply(good - step).isEmpty()) {
            good -= step;
            step *= 2;
        }
        int bad = Math.max(0, good - step);
        while (good - bad > 1) {
            int middle = (good + bad) >>> 1;
            if (error.apply(middle).isEmpty()) {
                good = middle;
            } else {
                bad = middle;
            }
        }
        return good;
    }

    /** Returns {@code length * factor / divisor}, rounded, or 0 if that is too long. */
    private static int scaled(int length, long factor, long divisor) {
        long scaled = Math.round((double) length * factor / divisor);
        return scaled > MOST ? 0 : (int) scaled;
    }

    private static double distance(List<Long> sizes) {
        return Math.abs(Math.log((double) sizes.get(0) / sizes.get(1)));
    }

    /**
     * Returns the first two sizes above 1 in a message, where a list counts as the product of its numbers; fewer if the
     * message does not name two.
     */
    static List<Long> sizes(String message) {
        String flat = TIMES.matcher(LIST.matcher(message).replaceAll(TracedLength::product))
                .replaceAll(" ");
        List<Long> sizes = new ArrayList<>();
        Matcher number = NUMBER.matcher(flat);
        while (sizes.size() < 2 && number.find()) {
            long size = Long.parseLong(number.group());
            if (size > 1) {
                sizes.add(size);
            }
        }
        return sizes;
    }

    private static String product(MatchResult list) {
        long product = 1;
        for (String each : list.group(1).split(", ")) {
            product = Math.min(Integer.MAX_VALUE, product * Long.parseLong(each));
        }
        return Long.toString(product);
    }
}
