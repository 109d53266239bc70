package org.quantvoice.server.openai;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.quantvoice.QuantSession;
import org.quantvoice.RecordingOptions;
import org.quantvoice.Transcript;
import org.quantvoice.TranscriptListener;
import org.quantvoice.audio.AudioFiles;
import org.quantvoice.audio.AudioStream;
import org.quantvoice.error.QuantVoiceException;
import org.quantvoice.server.http.ApiKeys;
import org.quantvoice.server.http.Endpoint;
import org.quantvoice.server.http.HttpFailure;
import org.quantvoice.server.http.Replies;
import org.quantvoice.server.http.Upload;
import org.quantvoice.server.http.UploadReader;
import org.quantvoice.server.load.Admission;
import org.quantvoice.server.load.Overload;
import org.quantvoice.server.load.Ticket;
import org.quantvoice.server.metrics.ServerMetrics;
import org.quantvoice.server.models.ModelLease;
import org.quantvoice.server.models.ModelRegistry;

/** Answers {@code POST /v1/audio/transcriptions}. */
public final class Transcriptions implements Endpoint {
    /** The header that names the fields which were sent and have no effect. */
    private static final String IGNORED = "X-Quantvoice-Ignored";

    private final ModelRegistry models;
    private final Admission admission;
    private final UploadReader uploads;
    private final ApiKeys keys;
    private final ServerMetrics metrics;

    public Transcriptions(
            ModelRegistry models, Admission admission, UploadReader uploads, ApiKeys keys, ServerMetrics metrics) {
        this.models = models;
        this.admission = admission;
        this.uploads = uploads;
        this.keys = keys;
        this.metrics = metrics;
    }

    @Override
    public void answer(Request request, Response response) throws IOException, InterruptedException {
        try (Ticket ticket = admission.enter(keys.client(request, List.of()));
                Upload upload = uploads.read(request)) {
            TranscriptionForm form = TranscriptionForm.of(upload);
            Path file = upload.file();
            if (Files.size(file) == 0) {
                throw HttpFailure.invalid("file", "Got an empty file; expected a recording.");
            }
            try (ModelLease model = models.lease(form.model()).orElseThrow(() -> HttpFailure.noModel(form.model()))) {
                String language = language(form, model);
                QuantSession session = model.session(form.phrases());
                ticket.awaitTurn();
                if (form.temperatureGiven()) {
                    response.getHeaders().put(IGNORED, "temperature");
                }
                if (form.stream()) {
                    stream(response, new Job(session, file, model.name(), ticket));
                } else {
                    Transcript transcript = new Job(session, file, model.name(), ticket).run(segment -> {});
                    reply(response, form, transcript, language);
                }
            }
        } catch (Overload e) {
            metrics.refused(e.reason().code());
            throw e.reason() == Overload.Reason.STOPPING
                    ? HttpFailure.stopping(e.retryAfterSeconds())
                    : HttpFailure.overloaded(e.reason().code(), e.getMessage(), e.retryAfterSeconds());
        }
    }

    /** Takes a segment as soon as its words are final. */
    private interface SegmentSink {
        void take(Transcript.Segment segment) throws IOException;
    }

    /** The work for one recording. */
    private final class Job implements TranscriptListener {
        private final QuantSession session;
        private final Path file;
        private final String model;
        private final Ticket ticket;
        private SegmentSink sink = segment -> {};

        Job(QuantSession session, Path file, String model, Ticket ticket) {
            this.session = session;
            this.file = file;
            this.model = model;
            this.ticket = ticket;
        }

        Transcript run(SegmentSink segments) {
            sink = segments;
            long begun = System.nanoTime();
            try (AudioStream audio = AudioFiles.open(file)) {
                Transcript transcript = session.transcribe(audio, RecordingOptions.defaults(), this);
                metrics.recording(model, transcript.audioSeconds(), (System.nanoTime() - begun) / 1e9);
                return transcript;
            } catch (QuantVoiceException e) {
                throw HttpFailure.of(e, message -> message.replace(file.toString(), "the file"));
            }
        }

        @Override
        public void segment(Transcript.Segment segment) {
            try {
                sink.take(segment);
            } catch (IOException e) {
                throw new UncheckedIOException(e); // ends the recording, because the client is gone
            }
        }

        @Override
        public void position(double seconds) {
            try {
                ticket.giveWay();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw HttpFailure.stopping(1);
            }
        }
    }

    private static String language(TranscriptionForm form, ModelLease model) {
        form.language()
                .filter(asked -> model.language()
                        .filter(l -> !primary(l).equals(primary(asked)))
                        .isPresent())
                .ifPresent(asked -> {
                    throw HttpFailure.invalid(
                            "language",
                            "Got the language '" + asked + "'; expected '"
                                    + model.language().orElseThrow() + "', which is the model's.");
                });
        return form.language().or(model::language).orElse("unknown");
    }

    private static String primary(String code) {
        return code.split("-")[0].toLowerCase(Locale.ROOT);
    }

    private static void reply(Response response, TranscriptionForm form, Transcript transcript, String language)
            throws IOException {
        switch (form.format()) {
            case JSON -> Replies.json(response, 200, TranscriptDocuments.plain(transcript));
            case TEXT -> Replies.send(response, 200, Replies.TEXT, transcript.text() + "\n");
            case SRT -> Replies.send(response, 200, Replies.TEXT, transcript.toSrt());
            case VTT -> Replies.send(response, 200, "text/vtt; charset=utf-8", transcript.toVtt());
            case VERBOSE_JSON ->
                Replies.json(
                        response,
                        200,
                        TranscriptDocuments.verbose(transcript, language, form.words(), form.segments()));
            default -> throw new IllegalStateException(form.format().toString());
        }
    }

    private static void stream(Response response, Job job) throws IOException {
        SegmentEvents events = new SegmentEvents(response);
        try {
            events.done(job.run(events::segment));
        } catch (HttpFailure e) {
            events.failed(e);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }
}
