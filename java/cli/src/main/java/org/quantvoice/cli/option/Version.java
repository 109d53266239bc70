package org.quantvoice.cli.option;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import org.quantvoice.QuantSession;
import org.quantvoice.error.EngineException;
import org.quantvoice.internal.kernels.Kernels;
import picocli.CommandLine.IVersionProvider;

/** The version and commit of this build, and the native kernels that it found. */
public final class Version implements IVersionProvider {
    private static final Properties BUILD = build();

    @Override
    public String[] getVersion() {
        return new String[] {"qv " + number() + " (commit " + commit() + ")", kernels(QuantSession.defaultThreads())};
    }

    public static String number() {
        return BUILD.getProperty("version");
    }

    /** Returns the commit that was built, or {@code unknown} if the sources were no clone. */
    public static String commit() {
        return BUILD.getProperty("commit");
    }

    /** Returns text such as {@code kernels: avx512vnni, 2 threads}, or why there are no kernels. */
    static String kernels(int threads) {
        try {
            return "kernels: " + Kernels.tier() + ", " + threads + " threads";
        } catch (EngineException e) {
            return "kernels: none (" + e.getMessage() + ")";
        }
    }

    private static Properties build() {
        Properties properties = new Properties();
        try (InputStream in = Version.class.getResourceAsStream("build.properties")) {
            if (in == null) {
                throw new IllegalStateException("got no build.properties beside " + Version.class.getName()
                        + "; expected the build to write it");
            }
            properties.load(in);
            return properties;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
