package org.quantvoice.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.quantvoice.QuantSession;
import org.quantvoice.QuantSessionBuilder;
import org.quantvoice.server.CaptionServer;
import org.quantvoice.server.CaptionSource;
import org.quantvoice.server.ServeOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code qv serve}. */
@Command(
        name = "serve",
        description = "Serves a page with live captions, and a WebSocket for other clients.",
        footer = {
            "",
            "Listens on this machine only unless --host says otherwise. Pages of other origins are refused",
            "unless --allow-origin names them. Ends on Ctrl-C."
        },
        sortOptions = false)
final class ServeCommand extends Subcommand {
    @Option(
            names = "--port",
            paramLabel = "P",
            defaultValue = "8080",
            order = 1,
            description = "Default: 8080; 0: any.")
    private int port;

    @Option(
            names = "--host",
            paramLabel = "H",
            defaultValue = "127.0.0.1",
            order = 2,
            description = "Address to bind to.")
    private String host = "";

    @Option(
            names = "--allow-origin",
            paramLabel = "O",
            order = 3,
            description = "Origin of a page that may connect, e.g. https://captions.example.")
    private List<String> origins = new ArrayList<>();

    @Option(
            names = "--max-clients",
            paramLabel = "N",
            defaultValue = "8",
            converter = RunOptions.Positive.class,
            order = 4,
            description = "Clients at a time (default: ${DEFAULT-VALUE}).")
    private int maxClients;

    @Option(
            names = "--max-message",
            paramLabel = "BYTES",
            defaultValue = "65536",
            converter = RunOptions.Positive.class,
            order = 5,
            description = "Longest message (default: ${DEFAULT-VALUE}).")
    private int maxMessage;

    @Option(
            names = "--idle",
            paramLabel = "S",
            defaultValue = "60",
            converter = RunOptions.Positive.class,
            order = 6,
            description = "Drop a client that is silent for so many seconds (default: ${DEFAULT-VALUE}).")
    private int idle;

    @Option(
            names = "--model",
            paramLabel = "M",
            defaultValue = "u2-digits",
            order = 10,
            description = "A model file, or the name of an embedded model (default: ${DEFAULT-VALUE}).")
    private String model = "";

    @Mixin
    private RunOptions run;

    @Mixin
    private LiveOptions live;

    @Mixin
    private QuantOptions quant;

    @Option(names = "--float", order = 16, description = "Do not make a float model int8 (the default does).")
    private boolean keepFloat;

    @Override
    public Integer call() throws InterruptedException {
        ServeOptions options = options();
        // One thread a run: clients run side by side.
        QuantSessionBuilder builder = precision(run.builder(model, 1));
        try (QuantSession session = builder.build()) {
            live.open(session).close(); // refuses options before the first client
            CaptionSource source =
                    new CaptionSource(model, session.sampleRate(), live.latency(session), () -> live.open(session));
            try (CaptionServer server = CaptionServer.start(options, source)) {
                Thread stop = new Thread(server::close, "stop");
                Runtime.getRuntime().addShutdownHook(stop);
                announce(server);
                server.join();
            }
        }
        return QuantVoice.OK;
    }

    /** What is int8 already stays as it is. */
    private QuantSessionBuilder precision(QuantSessionBuilder builder) {
        if (keepFloat && quant.anyName()) {
            throw usage("got --float and modules to be int8; expected one of them");
        }
        if (quant.anyName()) {
            quant.apply(builder);
        } else if (!keepFloat && canBeInt8(builder)) {
            quant.applyCalibration(builder.int8());
        }
        return builder;
    }

    private static boolean canBeInt8(QuantSessionBuilder builder) {
        Path file = builder.modelFile();
        return !file.toString().endsWith(".qv")
                && QuantSession.inspect(file).stream()
                        .anyMatch(m -> m.quantizable().contains("dynamic"));
    }

    private ServeOptions options() {
        try {
            return new ServeOptions(host, port, maxClients, maxMessage, Duration.ofSeconds(idle), origins);
        } catch (IllegalArgumentException e) {
            throw usage(String.valueOf(e.getMessage()));
        }
    }

    private void announce(CaptionServer server) {
        if (json()) {
            Map<String, @Nullable Object> map = new LinkedHashMap<>();
            map.put("url", server.url());
            map.put("port", server.port());
            map.put("model", model);
            printJson(map);
        } else {
            out().println("captions at " + server.url() + " (Ctrl-C ends)");
        }
        out().flush();
        if (server.everyAddress()) {
            err().println("pages opened by another address of this machine are refused unless they are named, say "
                    + "--allow-origin http://192.168.0.2:" + server.port()
                    + "; browsers give the microphone to pages of "
                    + "localhost and https only");
        }
    }
}
