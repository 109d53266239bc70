package org.quantvoice.spark;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.to_json;

import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Flattens segments to rows of a table, in which only the words are nested, as JSON in a cell. */
final class CsvRows {
    /** Spark's options for CSV. Quotes are doubled, as spreadsheets read them; a cell may hold a line end. */
    static final Map<String, String> OPTIONS =
            Map.of("header", "true", "escape", "\"", "multiLine", "true", "emptyValue", "");

    static final StructType SCHEMA = new StructType()
            .add("path", DataTypes.StringType)
            .add("channel", DataTypes.StringType)
            .add("segment", DataTypes.IntegerType)
            .add("start", DataTypes.DoubleType)
            .add("end", DataTypes.DoubleType)
            .add("text", DataTypes.StringType)
            .add("confidence", DataTypes.DoubleType)
            .add("words", DataTypes.StringType)
            .add("audio_seconds", DataTypes.DoubleType)
            .add("model", DataTypes.StringType)
            .add("error_type", DataTypes.StringType)
            .add("error_message", DataTypes.StringType)
            .add("length", DataTypes.LongType)
            .add("modified", DataTypes.LongType);

    private CsvRows() {}

    static Dataset<Row> of(Dataset<Row> segments) {
        Column[] columns = new Column[SCHEMA.size()];
        for (int i = 0; i < columns.length; i++) {
            String name = SCHEMA.fieldNames()[i];
            columns[i] = switch (name) {
                case "words" -> to_json(col("words")).as(name);
                case "error_type" -> col("error.type").as(name);
                case "error_message" -> col("error.message").as(name);
                default -> col(name);
            };
        }
        return segments.select(columns);
    }
}
