package org.quantvoice.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.quantvoice.LongAudio;
import org.quantvoice.ModelFile;
import org.quantvoice.QuantSession;
import org.quantvoice.QuantSessionBuilder;
import org.quantvoice.cli.option.LiveOptions;
import org.quantvoice.cli.option.LongAudioArguments;
import org.quantvoice.cli.option.QuantOptions;
import org.quantvoice.cli.option.RunOptions;
import org.quantvoice.error.QuantVoiceException;
import org.quantvoice.server.SpeechServer;
import org.quantvoice.server.SpeechServerBuilder;
import org.quantvoice.server.models.HostedModel;
import org.quantvoice.server.models.LiveStreams;
import org.quantvoice.stream.EndpointRules;
import org.quantvoice.stream.TranscriptStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The command {@code qv serve}. */
@Command(
        name = "serve",
        description =
                "Serves recordings as OpenAI's API takes them, live speech over WebSocket, and a page with captions.",
        footer = {
            "",
            "Listens on this machine only unless --host says otherwise. Pages of other origins are refused",
            "unless --allow-origin names them. Ends on Ctrl-C; loads the models anew on SIGHUP."
        },
        sortOptions = false)
final class ServeCommand extends Subcommand {
    private static final Logger LOG = LoggerFactory.getLogger(ServeCommand.class);

    @Mixin
    private ServerOptions server;

    @Option(
            names = "--model",
            paramLabel = "[NAME=]M",
            defaultValue = "u2-digits",
            order = 10,
            description = {
                "A model file, or the name of an embedded model (default: ${DEFAULT-VALUE}), and the name that",
                "requests ask for (default: M itself, or of a file its name). May be given several times; the first",
                "one serves clients that name none."
            })
    private List<String> models = new ArrayList<>();

    @Option(
            names = "--language",
            paramLabel = "[NAME=]L",
            order = 10,
            description = "The language of the models, or of one, e.g. en: requests for others are refused.")
    private List<String> languages = new ArrayList<>();

    @Mixin
    private RunOptions run;

    @Mixin
    private LiveOptions live;

    @Mixin
    private QuantOptions quant;

    @Mixin
    private LongAudioArguments windows;

    @Option(names = "--float", order = 16, description = "Do not make a float model int8 (the default does).")
    private boolean keepFloat;

    @Override
    public Integer call() throws InterruptedException {
        if (keepFloat && quant.anyName()) {
            throw usage("got --float and modules to be int8; expected one of them");
        }
        if (keepFloat && quant.any()) {
            throw usage("got --float with options of int8; expected one or the other");
        }
        if (models.size() > 1 && quant.anyName()) {
            throw usage("got modules to be int8 for several models; expected one model, or files made by qv quantize");
        }
        try (LongAudioArguments closedBehindTheServer = windows;
                SpeechServer running = start()) {
            Thread stop = new Thread(running::close, "stop");
            Runtime.getRuntime().addShutdownHook(stop);
            HangUp.onSignal(() -> reload(running));
            announce(running);
            running.join();
        }
        return QuantVoice.OK;
    }

    private SpeechServer start() {
        try {
            SpeechServerBuilder builder = server.builder();
            hosted().forEach(builder::model);
            return builder.start();
        } catch (IllegalArgumentException e) {
            throw usage(String.valueOf(e.getMessage()));
        }
    }

    private List<HostedModel> hosted() {
        return models.stream().map(this::hosted).toList();
    }

    private HostedModel hosted(String given) {
        int equals = given.indexOf('=');
        String model = given.substring(equals + 1);
        String name = equals > 0 ? given.substring(0, equals) : nameOf(model);
        HostedModel hosted = HostedModel.loadedBy(name, () -> load(model)).streams(streams());
        for (String language : languages) {
            int at = language.indexOf('=');
            if (at < 0 || language.substring(0, at).equals(name)) {
                hosted = hosted.language(language.substring(at + 1));
            }
        }
        return hosted;
    }

    private static String nameOf(String model) {
        return model.contains("/") || model.contains("\\")
                ? String.valueOf(Path.of(model).getFileName())
                : model;
    }

    private QuantSession load(String model) {
        // A run has one thread, because clients run in parallel.
        QuantSession session =
                precision(run.builder(model, 1)).longAudio(longAudio()).build();
        try {
            // a trial stream refuses wrong options before the first client
            live.open(session, UnaryOperator.identity()).close();
            return session;
        } catch (RuntimeException e) {
            session.close();
            throw e;
        }
    }

    /**
     * Returns the options of long recordings. The method is synchronized because several threads load models, which
     * share one model of voice activity.
     */
    private synchronized LongAudio longAudio() {
        return windows.longAudio();
    }

    private LiveStreams streams() {
        return new LiveStreams() {
            @Override
            public TranscriptStream open(QuantSession session, UnaryOperator<EndpointRules> endpoints) {
                return live.open(session, endpoints);
            }

            @Override
            public double latencySeconds(QuantSession session) {
                return live.latency(session);
            }
        };
    }

    /**
     * Quantizes the model unless the user keeps it in float or it cannot become int8, for example because it is int8
     * already.
     */
    private QuantSessionBuilder precision(QuantSessionBuilder builder) {
        boolean int8 = quant.anyName() || (!keepFloat && canBeInt8(builder));
        return int8 ? builder.quantize(quant.recipe().build()) : builder;
    }

    private static boolean canBeInt8(QuantSessionBuilder builder) {
        Path file = builder.modelFile();
        return !file.toString().endsWith(".qv")
                && ModelFile.of(file).modules().stream()
                        .anyMatch(m -> m.quantizable().contains("dynamic"));
    }

    /** Loads the models again at a signal. A failure is logged, because no caller could catch it. */
    private static void reload(SpeechServer running) {
        try {
            LOG.warn("loaded anew: {}", running.reload());
        } catch (QuantVoiceException e) {
            LOG.error("a model stays as it was: {}", e.getMessage());
        }
    }

    private void announce(SpeechServer running) {
        if (json()) {
            Map<String, @Nullable Object> map = new LinkedHashMap<>();
            map.put("url", running.url());
            map.put("port", running.port());
            map.put("model", hosted().get(0).name());
            map.put("models", hosted().stream().map(HostedModel::name).toList());
            printJson(map);
        } else {
            out().println("captions at " + running.url() + ", recordings at " + running.url()
                    + "v1/audio/transcriptions (Ctrl-C ends)");
        }
        out().flush();
        if (running.everyAddress()) {
            err().println("pages opened by another address of this machine are refused unless they are named, say "
                    + "--allow-origin http://192.168.0.2:" + running.port()
                    + "; browsers give the microphone to pages of "
                    + "localhost and https only");
        }
    }
}
