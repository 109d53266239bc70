package org.quantvoice;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.internal.files.ResourceCache;
import org.quantvoice.internal.qv.QvFile;
import org.quantvoice.quant.StreamSettings;
import org.quantvoice.source.FrontEndChoice;
import org.quantvoice.source.ModelImporter;
import org.quantvoice.source.OpenModel;

/**
 * The source of a model: a file with its token list, or an embedded model, which is a folder {@code
 * org/quantvoice/models/<name>/} of the class path.
 *
 * @param name name of the model in logs
 * @param opened the model's file, read once however much is asked of it
 * @param card content of its token list; empty if it has no token list
 */
record ModelSource(String name, OpenModel opened, Optional<ModelCard> card) implements AutoCloseable {
    static final String DEFAULT = "digits";

    /**
     * Loader of embedded models. A class of a named module finds only that module's resources; its loader finds those
     * of the models' modules too.
     */
    private static final ClassLoader LOADER = ModelSource.class.getClassLoader();

    private static final String FOLDER = "org/quantvoice/models/";
    private static final String TOKENS = "tokens.json";
    private static final String UNITS = "units.txt";
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]*");
    /** Suffixes of embedded models, best first. */
    private static final List<String> SUFFIXES = List.of(".qv", "-float.pt");

    /**
     * Finds the embedded model with a name, or else the file at a path.
     *
     * @param tokens its token list; null for that of the embedded model or the one beside the file
     */
    static ModelSource of(String nameOrPath, @Nullable Path tokens) {
        return of(nameOrPath, tokens, Optional.empty());
    }

    /** Finds a model whose file does not name its front end. */
    static ModelSource of(String nameOrPath, @Nullable Path tokens, Optional<FrontEndChoice> frontEnd) {
        OpenModel opened = OpenModel.of(file(nameOrPath), frontEnd);
        try {
            return new ModelSource(nameOrPath, opened, card(nameOrPath, tokens, opened));
        } catch (RuntimeException | Error e) {
            opened.close();
            throw e;
        }
    }

    private static Optional<ModelCard> card(String nameOrPath, @Nullable Path tokens, OpenModel opened) {
        if (tokens != null) {
            return Optional.of(ModelCard.read(tokens));
        }
        if (isEmbedded(nameOrPath)) {
            return Optional.of(embeddedCard(nameOrPath));
        }
        return list(opened.file()).map(ModelCard::read).or(() -> ownTokens(opened)
                .map(text -> ModelCard.parse(text.getBytes(StandardCharsets.UTF_8), nameOrPath)));
    }

    /**
     * Returns the file of the token list that {@link #of} reads; empty if the model is embedded, or if there is no
     * such file and the list inside the model is read.
     */
    static Optional<Path> list(String nameOrPath, @Nullable Path tokens) {
        if (tokens != null) {
            return Optional.of(tokens);
        }
        return isEmbedded(nameOrPath) ? Optional.empty() : list(file(nameOrPath));
    }

    private static Optional<Path> list(Path model) {
        return lists(model).filter(Files::isRegularFile).findFirst();
    }

    /** Returns the paths at which a token list may lie: beside a file, or in a folder. */
    private static Stream<Path> lists(Path model) {
        return Files.isDirectory(model)
                ? Stream.of(sidecar(model), model.resolve(TOKENS))
                : Stream.of(sidecar(model), model.resolveSibling(TOKENS), model.resolveSibling(UNITS));
    }

    /** The token list that the model itself holds. */
    private static Optional<String> ownTokens(OpenModel opened) {
        return opened.isForeign() ? opened.imported().tokens() : QvFile.tokens(opened.file());
    }

    /** Returns the model with other settings of streams. */
    ModelSource with(UnaryOperator<StreamSettings> change) {
        return new ModelSource(name, opened, card.map(c -> c.with(change)));
    }

    /** The model as a file. */
    Path file() {
        return opened.file();
    }

    /** Closes what was opened of the file and was not handed over to an engine. */
    @Override
    public void close() {
        opened.close();
    }

    /** Returns the model as a file. */
    static Path file(String nameOrPath) {
        if (isEmbedded(nameOrPath)) {
            return ResourceCache.file(modelResource(nameOrPath).orElseThrow());
        }
        Path path = Path.of(nameOrPath);
        checkReadable(path);
        return path.toAbsolutePath();
    }

    /**
     * Returns the path of the token list of one model if several share a folder: {@code int8.tokens.json} for {@code
     * int8.pt}.
     */
    static Path sidecar(Path model) {
        String name = model.getFileName().toString();
        int dot = name.lastIndexOf('.');
        return model.resolveSibling((dot > 0 ? name.substring(0, dot) : name) + "." + TOKENS);
    }

    ModelCard requireCard() {
        return card.orElseThrow(() -> new ModelFormatException(
                name + " without a token list",
                "a " + TOKENS + " or a " + sidecar(file()).getFileName() + " beside it",
                "name the list with vocabulary(Path), or --vocabulary on the command line"));
    }

    static boolean isEmbedded(String name) {
        return NAME.matcher(name).matches() && modelResource(name).isPresent();
    }

    private static ModelCard embeddedCard(String name) {
        try (InputStream in = LOADER.getResourceAsStream(FOLDER + name + "/" + TOKENS)) {
            if (in == null) {
                throw new FileNotFoundException(TOKENS + " in the jar of the model");
            }
            return ModelCard.read(in, name + "/" + TOKENS);
        } catch (IOException e) {
            throw new ModelFormatException(
                    "embedded model " + name + ", which is broken: " + e, "a whole jar", "get the jar again", e);
        }
    }

    private static Optional<URL> modelResource(String name) {
        return SUFFIXES.stream()
                .map(suffix -> Optional.ofNullable(LOADER.getResource(FOLDER + name + "/" + name + suffix)))
                .flatMap(Optional::stream)
                .findFirst();
    }

    private static void checkReadable(Path model) {
        boolean folder = Files.isDirectory(model);
        if (!Files.isRegularFile(model) && !(folder && ModelImporter.of(model).isPresent())) {
            String got = folder ? model + ", a folder without a config.json" : "no file at " + model;
            boolean hasDefault = modelResource(DEFAULT).isPresent();
            throw new ModelFormatException(
                    got,
                    "a model file, a folder of Hugging Face's transformers"
                            + (hasDefault ? " or the name of an embedded model such as " + DEFAULT : ""),
                    "check the path");
        }
        if (!Files.isReadable(model)) {
            throw new ModelFormatException(
                    model + ", which may not be read", "a model file", "change the permissions of the file");
        }
    }
}
