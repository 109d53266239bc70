package org.quantvoice.spark;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;
import org.quantvoice.audio.AudioStream;

/**
 * The part of a recording that one task transcribes.
 *
 * @param length bytes of the file
 * @param modified milliseconds since 1970
 * @param part index of the part, from 0
 * @param parts number of parts of the recording
 * @param from second at which the part begins; transcription moves it to the next pause
 * @param to second at which it ends; infinity for the end of the recording
 * @param seconds its approximate length, by which tasks are sized and ordered; or {@link #UNREADABLE}
 * @param content the file; null if it is read from its path
 */
@SuppressWarnings("ArrayRecordComponent")
record Piece(
        String path,
        long length,
        long modified,
        int part,
        int parts,
        double from,
        double to,
        double seconds,
        byte @Nullable [] content) {
    static final StructType SCHEMA = new StructType(new StructField[] {
        field("path", DataTypes.StringType),
        field("length", DataTypes.LongType),
        field("modified", DataTypes.LongType),
        field("part", DataTypes.IntegerType),
        field("parts", DataTypes.IntegerType),
        field("from", DataTypes.DoubleType),
        field("to", DataTypes.DoubleType),
        field("seconds", DataTypes.DoubleType),
        new StructField("content", DataTypes.BinaryType, true, Metadata.empty()),
    });

    /** The length of a file that is no recording. Its task still takes a moment to find that out. */
    static final double UNREADABLE = -1;

    /**
     * The assumed bytes per second of a recording whose header does not tell the length: about those of well compressed
     * speech.
     */
    private static final double GUESSED_BYTES_A_SECOND = 16_000;
    /** The most samples per byte of any format. A header that claims more is forged to fill memory. */
    private static final double MOST_SAMPLES_A_BYTE = 512;

    private static StructField field(String name, org.apache.spark.sql.types.DataType type) {
        return new StructField(name, type, false, Metadata.empty());
    }

    /** Returns the piece of a recording that one task transcribes whole. */
    static Piece whole(String path, long length, long modified, double seconds, byte @Nullable [] content) {
        return new Piece(path, length, modified, 0, 1, 0, Double.POSITIVE_INFINITY, seconds, content);
    }

    /**
     * Returns the seconds of a recording by its header, or by its bytes if the header does not tell them or is not
     * plausible.
     */
    static double lengthOf(AudioStream stream, long length) {
        OptionalLong frames = stream.frames();
        double guess = length / GUESSED_BYTES_A_SECOND;
        return frames.isEmpty()
                ? guess
                : Math.min(frames.getAsLong(), length * MOST_SAMPLES_A_BYTE) / stream.sampleRate();
    }

    /**
     * Cuts a recording of known length in parts of about equal length.
     *
     * @param longest seconds of the longest part
     */
    static List<Piece> cut(String path, long length, long modified, double seconds, double longest) {
        int count = (int) Math.max(1, Math.ceil(seconds / longest));
        if (count == 1) {
            return List.of(whole(path, length, modified, seconds, null));
        }
        List<Piece> pieces = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            double to = i == count - 1 ? Double.POSITIVE_INFINITY : border(seconds, i + 1, count);
            pieces.add(
                    new Piece(path, length, modified, i, count, border(seconds, i, count), to, seconds / count, null));
        }
        return pieces;
    }

    /**
     * Returns the border between two parts, which is exactly the same number for the end of one and the beginning of
     * the next.
     */
    private static double border(double seconds, int part, int parts) {
        return seconds * part / parts;
    }

    Row toRow() {
        return RowFactory.create(path, length, modified, part, parts, from, to, seconds, content);
    }

    static Piece of(Row row) {
        return new Piece(
                row.getString(0),
                row.getLong(1),
                row.getLong(2),
                row.getInt(3),
                row.getInt(4),
                row.getDouble(5),
                row.getDouble(6),
                row.getDouble(7),
                row.isNullAt(8) ? null : (byte[]) row.get(8));
    }
}
