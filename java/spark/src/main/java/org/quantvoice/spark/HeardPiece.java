package org.quantvoice.spark;

import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;
import org.quantvoice.decode.Word;
import scala.collection.immutable.ArraySeq;
import scala.collection.immutable.Seq;

/**
 * The result of a piece.
 *
 * @param audioSeconds seconds of the recording up to where it was read
 * @param busySeconds seconds of work
 * @param error why the piece failed; null if it did not
 */
record HeardPiece(
        String path,
        long length,
        long modified,
        int part,
        int parts,
        List<Word> words,
        double audioSeconds,
        double busySeconds,
        @Nullable Failure error) {
    private static final StructType WORD = new StructType()
            .add("text", DataTypes.StringType, false)
            .add("start", DataTypes.DoubleType, false)
            .add("end", DataTypes.DoubleType, false)
            .add("confidence", DataTypes.DoubleType, false)
            .add("attached", DataTypes.BooleanType, false)
            .add("channel", DataTypes.StringType, true);

    static final StructType SCHEMA = new StructType()
            .add("path", DataTypes.StringType, false)
            .add("length", DataTypes.LongType, false)
            .add("modified", DataTypes.LongType, false)
            .add("part", DataTypes.IntegerType, false)
            .add("parts", DataTypes.IntegerType, false)
            .add("words", arrayOf(WORD), false)
            .add("audio_seconds", DataTypes.DoubleType, false)
            .add("busy_seconds", DataTypes.DoubleType, false)
            .add("error", Failure.SCHEMA, true);

    static ArrayType arrayOf(DataType element) {
        return DataTypes.createArrayType(element, false);
    }

    /** Returns an array in the form that rows hold, which is the same whether Spark encodes the row or passes it on. */
    static Seq<Row> seq(Stream<Row> rows) {
        return ArraySeq.unsafeWrapArray(rows.toArray(Row[]::new));
    }

    Row toRow() {
        Seq<Row> all = seq(words.stream()
                .map(w -> RowFactory.create(w.text(), w.start(), w.end(), w.confidence(), w.attached(), w.channel())));
        return RowFactory.create(
                path,
                length,
                modified,
                part,
                parts,
                all,
                audioSeconds,
                busySeconds,
                error == null ? null : error.toRow());
    }

    static HeardPiece of(Row row) {
        List<Row> words = row.getList(5);
        return new HeardPiece(
                row.getString(0),
                row.getLong(1),
                row.getLong(2),
                row.getInt(3),
                row.getInt(4),
                words.stream().map(HeardPiece::word).toList(),
                row.getDouble(6),
                row.getDouble(7),
                row.isNullAt(8) ? null : Failure.of(row.getStruct(8)));
    }

    private static Word word(Row row) {
        return new Word(
                row.getString(0),
                row.getDouble(1),
                row.getDouble(2),
                row.getDouble(3),
                row.getBoolean(4),
                row.getString(5));
    }
}
