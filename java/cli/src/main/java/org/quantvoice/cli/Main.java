package org.quantvoice.cli;

import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.List;
import org.quantvoice.cli.terminal.StopSignal;
import picocli.CommandLine;

/** The entry of the process. */
public final class Main {
    private static final String LOG_LEVEL = "org.slf4j.simpleLogger.defaultLogLevel";

    private Main() {}

    public static void main(String[] args) {
        // Before the first logger exists: its level is read once.
        if (List.of(args).contains("-v") || List.of(args).contains("--verbose")) {
            System.setProperty(LOG_LEVEL, "info");
        }
        // JavaCPP counts mapped files as memory and then refuses to work; this has to stand before it loads.
        if (System.getProperty("org.bytedeco.javacpp.maxPhysicalBytes") == null) {
            System.setProperty("org.bytedeco.javacpp.maxPhysicalBytes", "0");
        }
        Charset charset = Charset.defaultCharset();
        PrintWriter out = new PrintWriter(System.out, false, charset);
        PrintWriter err = new PrintWriter(System.err, true, charset);
        System.exit(run(out, err, args));
    }

    /** Runs a command and returns its exit code. */
    static int run(PrintWriter out, PrintWriter err, String... args) {
        CommandLine commands = QuantVoice.commandLine().setOut(out).setErr(err);
        int code;
        try {
            code = commands.execute(args);
        } catch (OutOfMemoryError e) {
            err.println("error: got more data than the memory of this process; expected less; "
                    + "pass shorter audio, or give more with QV_JAVA_OPTS=-Xmx8g (" + e.getMessage() + ")");
            code = QuantVoice.FAILED;
        }
        out.flush();
        if (out.checkError()) {
            err.println("error: got an output that cannot be written; expected an open one with space left; "
                    + "check where standard output goes");
            code = QuantVoice.FAILED;
        }
        StopSignal.release();
        return code;
    }
}
