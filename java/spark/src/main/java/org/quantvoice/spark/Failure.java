package org.quantvoice.spark;

import java.io.Serializable;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.quantvoice.error.QuantVoiceException;

/**
 * The reason why a recording has no words: the column {@code error}.
 *
 * @param type the simple name of the exception, such as {@code AudioFormatException}
 * @param message says what was got, what was expected, and what to do
 */
public record Failure(String type, String message) implements Serializable {
    private static final long serialVersionUID = 1L;
    static final StructType SCHEMA =
            new StructType().add("type", DataTypes.StringType, false).add("message", DataTypes.StringType, false);

    static Failure of(QuantVoiceException e) {
        return new Failure(e.getClass().getSimpleName(), e.getMessage());
    }

    Row toRow() {
        return RowFactory.create(type, message);
    }

    static Failure of(Row row) {
        return new Failure(row.getString(0), row.getString(1));
    }
}
