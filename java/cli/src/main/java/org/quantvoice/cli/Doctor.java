package org.quantvoice.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.quantvoice.QuantSession;
import org.quantvoice.QuantSessionBuilder;
import org.quantvoice.audio.Audio;
import org.quantvoice.cli.option.RunOptions;
import org.quantvoice.cli.option.Version;
import org.quantvoice.engine.spi.EngineProvider;
import org.quantvoice.internal.engine.Services;
import org.quantvoice.internal.files.ResourceCache;
import org.quantvoice.internal.kernels.Kernels;

/** Checks each part that a session needs, and says what is wrong with it. */
final class Doctor {
    private final List<Check> checks = new ArrayList<>();

    record Check(String name, boolean ok, String detail) {
        Map<String, Object> toMap() {
            Map<String, Object> map = new LinkedHashMap<>();
            map.put("name", name);
            map.put("ok", ok);
            map.put("detail", detail);
            return map;
        }
    }

    List<Check> examine() {
        check("build", () -> "qv " + Version.number() + ", commit " + Version.commit());
        check("java", () -> System.getProperty("java.vm.name") + " " + System.getProperty("java.version"));
        check("platform", () -> System.getProperty("os.name") + " " + System.getProperty("os.arch"));
        check("processors", Doctor::processors);
        check("cache", Doctor::cache);
        check("kernels", () -> Kernels.tier() + "; this CPU can: " + String.join(", ", Kernels.supportedTiers()));
        check("self-check", Doctor::selfCheck);
        check("engines", Doctor::engines);
        for (EngineProvider provider : Services.installed(EngineProvider.class)) {
            check(provider.engine().name(), () -> run(provider));
        }
        return checks;
    }

    private void check(String name, Callable<String> examination) {
        try {
            checks.add(new Check(name, true, examination.call()));
        } catch (Exception e) { // any failure is the finding of this check
            checks.add(new Check(name, false, Failures.message(e, true)));
        }
    }

    private static String processors() {
        return QuantSession.defaultThreads() + " physical cores, "
                + Runtime.getRuntime().availableProcessors() + " processors, heap "
                + Runtime.getRuntime().maxMemory() / (1 << 20) + " MB";
    }

    private static String cache() throws IOException {
        Optional<Path> found = ResourceCache.directory();
        if (found.isEmpty()) {
            return "none: this user has no home; libraries are unpacked at every start (-D"
                    + ResourceCache.DIRECTORY_PROPERTY + "=FOLDER changes that)";
        }
        Path directory = found.get();
        Files.createDirectories(directory);
        Path probe = Files.createTempFile(directory, "doctor", ".tmp");
        Files.delete(probe);
        return directory.toString();
    }

    private static String selfCheck() {
        List<String> failures = Kernels.selfCheck();
        if (!failures.isEmpty()) {
            throw new IllegalStateException(String.join("; ", failures));
        }
        return "the kernels of every tier give what their scalar twins give";
    }

    private static String engines() {
        List<String> names = Services.installed(EngineProvider.class).stream()
                .map(p -> p.engine().name())
                .toList();
        if (names.isEmpty()) {
            throw new IllegalStateException("no engine on the class path; add the artifact quantvoice-torch");
        }
        return String.join(", ", names);
    }

    /** Runs the default model on a second of silence, on the engines that read it. */
    private static String run(EngineProvider provider) {
        QuantSessionBuilder builder =
                QuantSession.builder().engine(provider.engine()).fallback(false);
        if (!provider.reads(builder.modelFile())) {
            return "is there; the default model is not for it";
        }
        try (QuantSession session = builder.build()) {
            int rate = session.sampleRate();
            session.transcribe(new Audio(new float[rate], rate));
            return "runs the default model; " + RunOptions.describe(session.info());
        }
    }
}
