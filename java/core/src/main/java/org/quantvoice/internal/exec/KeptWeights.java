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
 * A model's packed weights as a file beside the model keeps them, {@code model.qv.TIER.packed}, so that the next
 * process need not pack them. The file is used if this very library packed it for this tier and from this very
 * content of the model. Otherwise, or if a matrix in it is damaged, weights are packed from the model, and the file
 * is written anew. Thread-safe.
 *
 * <p>If the model's {@link FileStamp} is that of the time when its content was hashed last, the content is taken to
 * be the same; otherwise it is hashed again.
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
     * The kept weights of one graph.
     *
     * @param all those of its model; null if none are kept
     * @param graph its name
     */
    record Part(@Nullable KeptWeights all, String graph) {
        static final Part NONE = new Part(null, "");

        /** Returns the kept matrix of a key; if there is none, packs it and keeps it. */
        PackedMatrix take(String key, PackedForm form, Supplier<PackedMatrix> packing) {
            return all == null ? packing.get() : all.take(graph + "/" + key, form, packing);
        }
    }

    private KeptWeights(Path model, Path file, Optional<FileStamp> before, int threads) {
        this.threads = new PackingThreads(threads, true);
        this.model = model;
        this.file = file;
        this.before = before;
    }

    /** Returns the file of a model's packed weights for the tier in use. */
    public static Path file(Path model) {
        return model.resolveSibling(model.getFileName() + "." + Kernels.tier() + ".packed");
    }

    /** Returns the stamp of a model's file before it is opened; empty if the file has no readable stamp. */
    public static Optional<FileStamp> stamp(Path model) {
        try {
            return FileStamp.of(model);
        } catch (IOException e) {
            return Optional.empty(); // opening the file reports what is wrong
        }
    }

    /**
     * Opens a model with its kept weights.
     *
     * @param model the file that is opened
     * @param wanted whether weights are to be kept
     * @param threads that read the kept weights
     * @param before the file's stamp before it was opened
     * @param opening opens the model with the kept weights, and saves them
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

    /** Returns why a file must not be used; empty if it may be used. */
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

    /**
     * Writes the model's stamp into the file, so that the next process need not hash the content, which is known to
     * be the same.
     */
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

    /** Returns the kept weights of one graph of the model. */
    Part part(String graph) {
        return new Part(this, graph);
    }

    private PackedMatrix take(String key, PackedForm form, Supplier<PackedMatrix> packing) {
        PackedMatrix restored = restored(key, form);
        PackedMatrix matrix = restored == null ? packing.get() : restored;
        add(key, new PackedFileWriter.Kept(matrix, form));
        return matrix;
    }

    /** Returns the kept matrix of a key; null if the matrix must be packed. */
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
            return null; // the index has sizes that no matrix has
        }
    }

    private synchronized void missing(String key) {
        if (!closed && found != null && !incomplete) {
            rebuild("it lacks or has damaged " + key);
        }
        incomplete = true;
    }

    /** Adds a matrix that was packed or restored; it stays open until {@link #save}. */
    private synchronized void add(String key, PackedFileWriter.Kept matrix) {
        if (!closed) {
            matrices.put(key, matrix);
        }
    }

    /**
     * Writes the file if it is missing or must be replaced, and ends its use. If it cannot be written, a warning says
     * so: the model runs all the same.
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
        closeRest(); // Windows cannot replace a file that is open
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

    /** Ends the reading of the file and frees the matrices that nobody asked for. */
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
