package org.quantvoice.spark;

import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.hadoop.fs.FileStatus;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Row;
import org.quantvoice.audio.AudioStream;
import org.quantvoice.error.QuantVoiceException;

/**
 * Makes pieces of paths: it reads the headers of recordings, and plans long ones in parts. A file that cannot be read
 * is a piece too.
 */
final class Measure implements MapPartitionsFunction<Row, Row> {
    private static final long serialVersionUID = 1L;

    private final Recordings recordings;
    private final double longest;
    private final boolean hasContent;

    /**
     * @param longest seconds of the longest part; infinity keeps recordings whole
     * @param hasContent whether rows hold path and content; else they hold the path alone
     */
    Measure(Recordings recordings, double longest, boolean hasContent) {
        this.recordings = recordings;
        this.longest = longest;
        this.hasContent = hasContent;
    }

    @Override
    public Iterator<Row> call(Iterator<Row> rows) {
        Iterable<Row> all = () -> rows;
        return StreamSupport.stream(all.spliterator(), false)
                .flatMap(this::pieces)
                .map(Piece::toRow)
                .iterator();
    }

    private Stream<Piece> pieces(Row row) {
        String path = row.getString(0);
        if (hasContent && !row.isNullAt(1)) {
            byte[] content = (byte[]) row.get(1);
            return Stream.of(Piece.whole(path, content.length, 0, 0, content));
        }
        return of(path).stream();
    }

    /**
     * Returns the pieces of a file. If its header cannot be read, that is one piece of unknown length, whose task will
     * report the reason.
     */
    List<Piece> of(String path) {
        long length = 0;
        long modified = 0;
        try {
            FileStatus status = recordings.status(path);
            length = status.getLen();
            modified = status.getModificationTime();
            try (AudioStream stream = recordings.open(path)) {
                double seconds = Piece.lengthOf(stream, length);
                boolean known = stream.frames().isPresent();
                return Piece.cut(path, length, modified, seconds, known ? longest : Double.POSITIVE_INFINITY);
            }
        } catch (QuantVoiceException e) {
            return List.of(Piece.whole(path, length, modified, Piece.UNREADABLE, null));
        }
    }
}
