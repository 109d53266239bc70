package org.quantvoice.cli;

import java.io.BufferedWriter;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.quantvoice.cli.terminal.StopSignal;
import org.quantvoice.cli.terminal.TerminalWriter;
import picocli.CommandLine;

/** The entry of the process. */
public final class Main {
    private static final String LOG_LEVEL = "org.slf4j.simpleLogger.defaultLogLevel";

    private Main() {}

    public static void main(String[] args) {
        // This comes before the first logger, because the level is read once.
        if (List.of(args).contains("-v") || List.of(args).contains("--verbose")) {
            System.setProperty(LOG_LEVEL, "info");
        }
        // JavaCPP counts mapped files as memory and then refuses to work; the limit must be lifted before it loads.
        if (System.getProperty("org.bytedeco.javacpp.maxPhysicalBytes") == null) {
            System.setProperty("org.bytedeco.javacpp.maxPhysicalBytes", "0");
        }
        System.exit(run(standardOutput(), standardError(), args));
    }

    /**
     * Returns standard output in UTF-8 whatever the locale; in that of containers letters would become question marks.
     */
    private static PrintWriter standardOutput() {
        Writer writer = writer(FileDescriptor.out);
        return new PrintWriter(System.console() == null ? writer : new TerminalWriter(writer));
    }

    private static PrintWriter standardError() {
        // Log lines are written to this stream too.
        System.setErr(new PrintStream(new FileOutputStream(FileDescriptor.err), true, charset()));
        return new PrintWriter(new TerminalWriter(writer(FileDescriptor.err)), true);
    }

    private static Writer writer(FileDescriptor descriptor) {
        return new BufferedWriter(new OutputStreamWriter(new FileOutputStream(descriptor), charset()));
    }

    /**
     * Returns the code page of a Windows console, which is rarely UTF-8, and UTF-8 for files, pipes and other systems.
     */
    private static Charset charset() {
        boolean windows = System.getProperty("os.name", "").startsWith("Windows");
        return windows && System.console() != null ? System.console().charset() : StandardCharsets.UTF_8;
    }

    /**
     * Returns whether the JVM has replaced letters that the locale lacks, so that no file can be found by this name.
     */
    private static boolean isUnreadable(String argument) {
        String names = System.getProperty("sun.jnu.encoding", "UTF-8");
        return argument.indexOf('\uFFFD') >= 0 && !names.equalsIgnoreCase("UTF-8");
    }

    /** Runs a command and returns its exit code. */
    static int run(PrintWriter out, PrintWriter err, String... args) {
        CommandLine commands = QuantVoice.commandLine().setOut(out).setErr(err);
        for (String argument : args) {
            if (isUnreadable(argument)) {
                err.println("error: got the argument " + argument + ", which the locale cannot express ("
                        + System.getProperty("sun.jnu.encoding")
                        + "); expected a locale with UTF-8; set LC_ALL=C.UTF-8");
                return QuantVoice.USAGE;
            }
        }
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
