package org.quantvoice.spark;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** Joins transcribed pieces to recordings. The pieces of a recording come one after the other, in order. */
final class Fold implements Iterator<HeardRecording> {
    private final Iterator<HeardPiece> pieces;
    private @Nullable HeardPiece ahead;

    Fold(Iterator<HeardPiece> pieces) {
        this.pieces = pieces;
    }

    @Override
    public boolean hasNext() {
        return ahead != null || pieces.hasNext();
    }

    @Override
    public HeardRecording next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        HeardPiece first = ahead != null ? ahead : pieces.next();
        ahead = null;
        List<HeardPiece> all = new ArrayList<>(List.of(first));
        while (ahead == null && all.size() < first.parts() && pieces.hasNext()) {
            HeardPiece piece = pieces.next();
            if (piece.path().equals(first.path())) {
                all.add(piece);
            } else {
                ahead = piece;
            }
        }
        return HeardRecording.of(all);
    }
}
