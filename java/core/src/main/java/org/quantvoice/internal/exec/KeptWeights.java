package org.quantvoice.internal.exec;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.quantvoice.error.QuantVoiceException;
import org.quantvoice.internal.files.AtomicFile;
import org.quantvoice.internal.files.ContentHash;
import org.quantvoice.internal.files.FileStamp;
import org.quantvoice.internal.kernels.Kernels;
import org.quantvoice.internal.kernels.PackedMatrix;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A model's packed weights as they are kept in a file beside it, {@code model.qv.TIER.packed}, so that the next process need not
 * pack them. The file is used if it was packed by this very library for this tier and from this very content of the model; else,
 * and where a matrix of it is damaged, weights are packed from the model, and the file is made anew. Thread-safe.
 *
 * <p>Whether the model's content is the same is told by its {@link FileStamp} where it was there when the content was hashed last,
 * and otherwise by hashing the content again.
 */
public final class KeptWeights implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(KeptWeights.class);

    private final Path model;
    private final Path file;
    private final Optional<FileStamp> before;
    private final PackingThreads threads;
    private final Map<String, PackedFileWriter.Kept> matrices = new TreeMap<>();
    private final Map<String, PackedForm> forms = new ConcurrentHashMap<>();
    private final Map<String, CompletableFuture<@Nullable PackedMatrix>> restoring = new HashMap<>();
    private @Nullable PackedFile found;
    private boolean incomplete;
    private boolean closed;

    /**
     * The weights of one graph.
     *
     * @param all those of its model; null: none are kept
     * @param graph its name
     */
    record Part(@Nullable KeptWeights all, String graph) {
        static final Part NONE = new Part(null, "");

        /** The matrix of a key as it was kept, else as it is packed here, and then kept. */
        PackedMatrix take(String key, PackedForm form, Supplier<PackedMatrix> packing) {
            return all == null ? packing.get() : all.take(graph + "/" + key, form, packing);
        }
    }

    private KeptWeights(Path model, Path file, Optional<FileStamp> before, int threads) {
        this.threads = new PackingThreads(threads);
        this.model = model;
        this.file = file;
        this.before = before;
    }

    /** Where the packed weights of a model lie for the tier in use. */
    public static Path file(Path model) {
        return model.resolveSibling(model.getFileName() + "." + Kernels.tier() + ".packed");
    }

    /** What a model's file was before it was opened; empty where that cannot be told. */
    public static Optional<FileStamp> stamp(Path model) {
        try {
            return FileStamp.of(model);
        } catch (IOException e) {
            return Optional.empty(); // opening it says what is wrong
        }
    }

    /**
     * Opens a model with its kept weights.
     *
     * @param model the file that was opened
     * @param wanted whether there are to be any
     * @param threads that read them
     * @param before the file's stamp before it was opened
     * @param opening is given them, and saves them
     */
    public static <T> T with(
            Path model,
            boolean wanted,
            int threads,
            Optional<FileStamp> before,
            Function<Optional<KeptWeights>, T> opening) {
        if (!wanted) {
            return opening.apply(Optional.empty());
        }
        try (KeptWeights kept = new KeptWeights(model, file(model), before, threads)) {
            kept.open();
            return opening.apply(Optional.of(kept));
        }
    }

    private void open() {
        if (!Files.exists(file)) {
            incomplete = true;
            return;
        }
        try {
            PackedFile opened = PackedFile.open(file);
            String reason = unfit(opened);
            if (reason.isEmpty()) {
                found = opened;
                restoreAll(opened);
                return;
            }
            opened.close();
            rebuild(reason);
        } catch (IOException e) {
            rebuild(e.toString());
        }
    }

    private void rebuild(String reason) {
        LOG.info("{} is made anew: {}", file, reason);
        incomplete = true;
    }

    /** Why a file must not be used; empty if it may. */
    private String unfit(PackedFile opened) throws IOException {
        if (!opened.layout().equals(Kernels.layout())) {
            return "packed for " + opened.layout() + ", not for " + Kernels.layout();
        }
        if (before.isPresent() && !before.equals(stamp(model))) {
            return "the model was replaced while it was opened";
        }
        if (before.isPresent() && Arrays.equals(before.get().hash(), opened.stamp())) {
            return "";
        }
        if (!Arrays.equals(ContentHash.of(model), opened.model())) {
            return "packed from another content of the model";
        }
        renewStamp();
        return "";
    }

    /** The content is known to be the same, so that the next process need not hash it. */
    private void renewStamp() {
        if (before.isEmpty() || !before.get().isSettled(Instant.now()) || !before.equals(stamp(model))) {
            return;
        }
        try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
            out.seek(PackedFile.STAMP_AT);
            out.write(before.get().hash());
        } catch (IOException e) {
            LOG.info("{} keeps an old stamp, so the model is hashed at each start: {}", file, e.getMessage());
        }
    }

    /** Those of one graph of the model. */
    Part part(String graph) {
        return new Part(this, graph);
    }

    private PackedMatrix take(String key, PackedForm form, Supplier<PackedMatrix> packing) {
        PackedMatrix restored = restored(key, form);
        PackedMatrix matrix = restored == null ? packing.get() : restored;
        add(key, new PackedFileWriter.Kept(matrix, form));
        return matrix;
    }

    /** Null if the matrix must be packed. */
    private @Nullable PackedMatrix restored(String key, PackedForm form) {
        CompletableFuture<@Nullable PackedMatrix> restoring = remove(key);
        PackedMatrix matrix = restoring == null ? null : PackingThreads.join(restoring);
        if (matrix != null && form.equals(forms.get(key))) {
            return matrix;
        }
        if (matrix != null) {
            matrix.close();
        }
        missing(key);
        return null;
    }

    private synchronized @Nullable CompletableFuture<@Nullable PackedMatrix> remove(String key) {
        return restoring.remove(key);
    }

    /** Begins to read all matrices, while the graph is still being read. */
    private void restoreAll(PackedFile from) {
        from.entries().forEach((key, entry) -> {
            forms.put(key, entry.form());
            restoring.put(key, threads.start(() -> restore(from, entry)));
        });
    }

    private @Nullable PackedMatrix restore(PackedFile from, PackedFile.Entry entry) {
        ByteBuffer content = from.content(entry, threads::staging);
        try {
            return content == null ? null : entry.form().restore(content);
        } catch (IllegalArgumentException e) {
            return null; // an index of sizes that no matrix has
        }
    }

    private synchronized void missing(String key) {
        if (!closed && found != null && !incomplete) {
            rebuild("it lacks or has damaged " + key);
        }
        incomplete = true;
    }

    /** A matrix that was packed or restored, and stays open until {@link #save}. */
    private synchronized void add(String key, PackedFileWriter.Kept matrix) {
        if (!closed) {
            matrices.put(key, matrix);
        }
    }

    /**
     * Writes the file if it was not there as it must be, and ends the use of it. What cannot be written is told by a warning: the
     * model runs all the same.
     */
    public synchronized void save() {
        if (closed) {
            return;
        }
        try {
            if (incomplete) {
                write();
            }
        } catch (QuantVoiceException | IOException e) {
            LOG.warn("packed weights are not kept, so the next start packs them again: {}", e.getMessage());
        } finally {
            close();
        }
    }

    private void write() throws IOException {
        closeRest(); // Windows replaces no file that is open
        Instant now = Instant.now();
        byte[] hash = ContentHash.of(model);
        if (!before.equals(stamp(model))) {
            throw new IOException(model + " was replaced while it was opened");
        }
        byte[] stamp = before.filter(b -> b.isSettled(now)).map(FileStamp::hash).orElse(new byte[PackedFile.HASH]);
        AtomicFile.write(file, out -> PackedFileWriter.write(out, Kernels.layout(), stamp, hash, matrices));
        LOG.info("packed weights are kept in {}", file);
    }

    /** Ends the use of the file without writing it. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        matrices.clear();
        closeRest();
    }

    /** Ends the reading of the file and frees what nobody asked for. */
    private void closeRest() {
        threads.close();
        restoring.values().stream()
                .filter(f -> f.isDone() && !f.isCompletedExceptionally())
                .map(CompletableFuture::join)
                .filter(Objects::nonNull)
                .forEach(PackedMatrix::close);
        restoring.clear();
        PackedFile opened = found;
        found = null;
        if (opened != null) {
            opened.close();
        }
    }
}
