package org.quantvoice.source;

import java.util.Objects;
import org.quantvoice.error.UnsupportedOperatorException;

/**
 * Why a model has no graph for recordings of any length, but one for each length: its loops, branches or shapes follow from the
 * length in ways that sizes with symbols do not express.
 *
 * @param reason why there is no graph for any length
 * @param samples a length for which there is a graph
 */
public record LengthDependence(UnsupportedOperatorException reason, long samples) {
    public LengthDependence {
        Objects.requireNonNull(reason, "reason");
    }
}
