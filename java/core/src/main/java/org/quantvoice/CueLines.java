package org.quantvoice;

import java.util.ArrayList;
import java.util.List;

/**
 * Divides pieces into lines, each of which is filled before the next.
 *
 * @param columns largest number of columns of a line
 * @param first number of columns that the speaker's label takes from the first line
 */
record CueLines(int columns, int first) {

    List<List<CueText.Piece>> of(List<CueText.Piece> pieces) {
        List<List<CueText.Piece>> lines = new ArrayList<>();
        List<CueText.Piece> line = new ArrayList<>();
        for (CueText.Piece piece : pieces) {
            line.add(piece);
            int room = columns - (lines.isEmpty() ? first : 0);
            if (line.size() > 1 && CueText.width(line) > room) {
                line.remove(line.size() - 1);
                lines.add(line);
                line = new ArrayList<>(List.of(piece));
            }
        }
        lines.add(line);
        return lines;
    }
}
