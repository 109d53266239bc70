package org.quantvoice.internal.nativeengine;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.quantvoice.audio.Audio;
import org.quantvoice.internal.kernels.SdkVersion;
import org.quantvoice.internal.recipe.QuantRecipe;

/** Collects the facts about a model's origin that a {@code .qv} file stores; docs/file-format.md lists them. */
public final class Provenance {
    private Provenance() {}

    /**
     * @param source the file that was read
     * @param calibration the recordings that were used; empty if there were none
     */
    static Map<String, String> of(Path source, Optional<QuantRecipe> recipe, List<Audio> calibration) {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("source", String.valueOf(source.getFileName()));
        facts.put("sourceSha256", sha256(source));
        recipe.ifPresent(r -> {
            facts.put("static", String.join(",", r.staticModules()));
            facts.put("dynamic", String.join(",", r.dynamicModules()));
            facts.put("observer", r.observer().name());
            if (r.rules().choosesActivations()) {
                facts.put("activations", r.rules().describeActivations());
            }
            if (!r.weights().isEmpty()) {
                facts.put("weights", weights(r));
            }
            r.rules().objective().ifPresent(o -> facts.put("objective", o.name()));
        });
        if (!calibration.isEmpty()) {
            double seconds = calibration.stream().mapToDouble(Audio::seconds).sum();
            facts.put("calibrationRecordings", Integer.toString(calibration.size()));
            facts.put("calibrationSeconds", String.format(Locale.ROOT, "%.3f", seconds));
            facts.put("calibrationSha256", sha256(calibration));
        }
        facts.put("sdk", SdkVersion.text());
        return facts;
    }

    private static String weights(QuantRecipe recipe) {
        return recipe.weights().entrySet().stream()
                .map(e -> (e.getKey().isEmpty() ? "" : e.getKey() + "=") + e.getValue())
                .collect(Collectors.joining(","));
    }

    /** Hashes the bytes of all files of a model, one after the other. */
    private static String sha256(Path model) {
        MessageDigest digest = digest();
        for (Path file : ModelFiles.of(model)) {
            try (InputStream in = Files.newInputStream(file)) {
                new DigestInputStream(in, digest).transferTo(java.io.OutputStream.nullOutputStream());
            } catch (IOException e) {
                throw ModelFiles.unreadable(file, e);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** Hashes each recording's rate and length as 32 bits, then its samples as 32 bit floats, all big-endian. */
    private static String sha256(List<Audio> recordings) {
        MessageDigest digest = digest();
        for (Audio audio : recordings) {
            float[] samples = audio.samples();
            ByteBuffer bytes = ByteBuffer.allocate(8 + Float.BYTES * samples.length);
            bytes.putInt(audio.sampleRate())
                    .putInt(samples.length)
                    .asFloatBuffer()
                    .put(samples);
            digest.update(bytes.array());
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
