package org.quantvoice.server.live;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.DoubleConsumer;
import java.util.function.UnaryOperator;
import org.quantvoice.error.DecoderException;
import org.quantvoice.server.models.ModelLease;
import org.quantvoice.stream.EndpointRules;
import org.quantvoice.stream.StreamEvent;
import org.quantvoice.stream.TranscriptStream;

/**
 * The speech of one client from its PCM to its words: a stream over a leased model. An object is for one thread; any
 * thread may call {@link #close()}.
 */
public final class Speech implements AutoCloseable {

    /**
     * The wishes of a client.
     *
     * @param model the name of the model; empty for the usual one
     * @param phrases hotwords
     * @param rate hertz of the PCM
     * @param channels of the PCM
     * @param endpoints changes the usual rules of the ends of utterances
     */
    public record Wish(
            Optional<String> model,
            List<String> phrases,
            long rate,
            long channels,
            UnaryOperator<EndpointRules> endpoints) {}

    private final LiveService service;
    private final ModelLease lease;
    private final PcmInput input;
    private final TranscriptStream stream;
    private final Timing timing;
    private final DoubleConsumer audio;

    private Speech(
            LiveService service,
            ModelLease lease,
            Wish wish,
            Consumer<? super StreamEvent> listener,
            DoubleConsumer audio) {
        this.service = service;
        this.lease = lease;
        this.audio = audio;
        int rate = lease.session().sampleRate();
        input = new PcmInput(wish.rate(), wish.channels(), rate);
        timing = new Timing(rate);
        stream = lease.open(lease.session(wish.phrases()), wish.endpoints());
        stream.onEvent(listener);
    }

    /**
     * @param listener gets the events on the thread that delivers the PCM
     * @param audio gets the seconds of each message, when it comes
     * @throws org.quantvoice.error.QuantVoiceException if a wish cannot be met
     */
    public static Speech open(
            LiveService service, Wish wish, Consumer<? super StreamEvent> listener, DoubleConsumer audio) {
        String name = wish.model().orElse(service.models().usual());
        ModelLease lease = service.models()
                .lease(name)
                .orElseThrow(() -> new DecoderException(
                        "the model '" + name + "'",
                        "one of "
                                + String.join(", ", service.models().loadedAt().keySet()),
                        "ask for one that is served, or for none"));
        try {
            return new Speech(service, lease, wish, listener, audio);
        } catch (RuntimeException e) {
            lease.close();
            throw e;
        }
    }

    /**
     * Takes a message of 16-bit PCM.
     *
     * @return the seconds of audio in it
     */
    public double accept(ByteBuffer pcm) {
        timing.begin();
        float[] samples = input.accept(pcm);
        audio.accept((double) samples.length / lease.session().sampleRate());
        stream.accept(samples);
        return done(samples.length);
    }

    /** Ends the audio. The rest of it is recognised and reported. */
    public Optional<StreamEvent.Final> finish() {
        timing.begin();
        float[] rest = input.finish();
        stream.accept(rest);
        Optional<StreamEvent.Final> last = stream.finish();
        done(rest.length);
        lease.close();
        return last;
    }

    private double done(int samples) {
        double seconds = (double) samples / lease.session().sampleRate();
        service.metrics().liveAudio(lease.name(), seconds, timing.end(samples));
        return seconds;
    }

    public StreamEvent.Partial partial() {
        return stream.partial();
    }

    Timing timing() {
        return timing;
    }

    public ModelLease model() {
        return lease;
    }

    /** Closes the stream and drops the speech, if it was not finished. */
    @Override
    public void close() {
        stream.cancel();
        lease.close();
    }
}
