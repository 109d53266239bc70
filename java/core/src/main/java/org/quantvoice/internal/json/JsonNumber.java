package org.quantvoice.internal.json;

import java.util.OptionalLong;

/** A number as it stands in the text, so that 64-bit integers stay exact. */
public record JsonNumber(String text) {

    double toDouble() {
        return Double.parseDouble(text);
    }

    /** The value if it is written as an integer and fits 64 bits. */
    OptionalLong toLong() {
        boolean whole = text.chars().allMatch(c -> c == '-' || Character.isDigit(c));
        try {
            return whole ? OptionalLong.of(Long.parseLong(text)) : OptionalLong.empty();
        } catch (NumberFormatException tooLarge) {
            return OptionalLong.empty();
        }
    }

    @Override
    public String toString() {
        return text;
    }
}
