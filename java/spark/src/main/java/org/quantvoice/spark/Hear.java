package org.quantvoice.spark;

import java.util.Iterator;
import java.util.List;
import java.util.stream.StreamSupport;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;
import org.quantvoice.QuantSession;
import org.quantvoice.RecordingOptions;
import org.quantvoice.Transcript;
import org.quantvoice.TranscriptListener;
import org.quantvoice.audio.AudioStream;
import org.quantvoice.decode.Word;
import org.quantvoice.error.QuantVoiceException;

/** Transcribes pieces with the session of this JVM. */
final class Hear implements MapPartitionsFunction<Row, Row> {
    private static final long serialVersionUID = 1L;

    private final Recipe recipe;
    private final Recordings recordings;
    private final @Nullable Meters meters;

    Hear(Recipe recipe, Recordings recordings, @Nullable Meters meters) {
        this.recipe = recipe;
        this.recordings = recordings;
        this.meters = meters;
    }

    @Override
    public Iterator<Row> call(Iterator<Row> pieces) {
        Iterable<Row> all = () -> pieces;
        return StreamSupport.stream(all.spliterator(), false)
                .map(row -> heard(Piece.of(row)).toRow())
                .iterator();
    }

    /**
     * Transcribes a piece.
     *
     * @throws QuantVoiceException if the session cannot be opened here, which is not the recording's fault
     */
    HeardPiece heard(Piece piece) {
        QuantSession session = Sessions.get(recipe);
        long start = System.nanoTime();
        HeardPiece heard;
        try (AudioStream stream = open(piece)) {
            Transcript t = session.transcribe(stream, options(piece), new TranscriptListener() {});
            heard = result(piece, t.words(), t.audioSeconds(), seconds(start), null);
        } catch (QuantVoiceException e) {
            if (isKilled()) {
                throw e;
            }
            heard = result(piece, List.of(), 0, seconds(start), Failure.of(e));
        }
        if (meters != null) {
            meters.add(piece, heard);
        }
        return heard;
    }

    /** Returns whether Spark is ending the task. A failure then says nothing about the recording. */
    private static boolean isKilled() {
        TaskContext task = TaskContext.get();
        return Thread.currentThread().isInterrupted() || task != null && task.isInterrupted();
    }

    private static double seconds(long start) {
        return (System.nanoTime() - start) / 1e9;
    }

    private AudioStream open(Piece piece) {
        byte[] content = piece.content();
        return content == null ? recordings.open(piece.path()) : Recordings.open(content, piece.path());
    }

    private RecordingOptions options(Piece piece) {
        RecordingOptions.Builder builder =
                RecordingOptions.builder().channels(Recipe.channels(recipe.options.channels));
        return (piece.parts() == 1 ? builder : builder.part(piece.from(), piece.to())).build();
    }

    private static HeardPiece result(
            Piece p, List<Word> words, double audioSeconds, double busy, @Nullable Failure error) {
        return new HeardPiece(
                p.path(), p.length(), p.modified(), p.part(), p.parts(), words, audioSeconds, busy, error);
    }
}
