package org.quantvoice.internal.json;

import java.util.OptionalLong;

/** A number as its text, so that 64-bit integers stay exact. */
public record JsonNumber(String text) {

    double toDouble() {
        return Double.parseDouble(text);
    }

    /** Returns the value if it is written as an integer and fits 64 bits. */
    OptionalLong toLong() {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '-' && (c < '0' || c > '9')) {
                return OptionalLong.empty();
            }
        }
        try {
            return OptionalLong.of(Long.parseLong(text));
        } catch (NumberFormatException tooLarge) {
            return OptionalLong.empty();
        }
    }

    @Override
    public String toString() {
        return text;
    }
}
