package org.quantvoice.internal.huggingface.nemo;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.internal.archive.TarArchive;
import org.quantvoice.internal.archive.TarArchive.Entry;
import org.quantvoice.internal.features.FrontEnd;
import org.quantvoice.internal.huggingface.folder.FolderWeights;
import org.quantvoice.internal.huggingface.tokens.SentencePieces;
import org.quantvoice.internal.huggingface.tokens.TokenList;
import org.quantvoice.internal.json.JsonNode;
import org.quantvoice.internal.json.JsonReader;
import org.quantvoice.internal.json.JsonWriter;

/**
 * A file in which NeMo saves a model ({@code .nemo}): a tar file, perhaps gzipped, with {@code model_config.yaml},
 * {@code model_weights.ckpt} and the tokenizer's files. No code of it is run, and nothing is unpacked but the gzip
 * around it.
 */
public final class NemoFile {
    private static final String CONFIG = "model_config.yaml";
    private static final String WEIGHTS = "model_weights.ckpt";
    private static final int MOST_CONFIG_BYTES = 16 << 20;
    private static final int MOST_PIECES_BYTES = 64 << 20;
    private static final int HEAD = 512;
    private static final String HEAD_WEIGHT = "ctc_head.weight";
    private static final String CURE = "download the file again";
    /** Patterns in NeMo's names, and the parts of transformers' names that replace them. */
    private static final Map<Pattern, String> NAMES = Map.of(
            Pattern.compile("^encoder\\.pre_encode\\.conv\\."), "encoder.subsampling.layers.",
            Pattern.compile("^encoder\\.pre_encode\\.out\\."), "encoder.subsampling.linear.",
            Pattern.compile("\\.conv\\.batch_norm\\."), ".conv.norm.",
            Pattern.compile("\\.self_attn\\.linear_([qkv])\\."), ".self_attn.$1_proj.",
            Pattern.compile("\\.self_attn\\.linear_out\\."), ".self_attn.o_proj.",
            Pattern.compile("\\.self_attn\\.linear_pos\\."), ".self_attn.relative_k_proj.",
            Pattern.compile("\\.self_attn\\.pos_bias_([uv])$"), ".self_attn.bias_$1");
    /** Names of tables of the front end, counters, positions, and position biases that each layer stores again. */
    private static final List<Pattern> UNUSED = List.of(
            Pattern.compile("^preprocessor\\..*"),
            Pattern.compile("^spec_augmentation\\..*"),
            Pattern.compile("^encoder\\.pos_enc\\..*"),
            Pattern.compile("^encoder\\.pos_bias_[uv]$"),
            Pattern.compile(".*\\.num_batches_tracked$"));

    private final Path file;
    private final TarArchive tar;
    private final NemoConfig config;
    private final FolderWeights weights;
    private final Optional<TokenList> pieces;

    private NemoFile(Path file, Path plain) throws IOException {
        this.file = file;
        this.tar = TarArchive.open(plain);
        this.config = new NemoConfig(file + ", " + CONFIG, settings());
        Entry entry = require(WEIGHTS, "the weights");
        this.weights = FolderWeights.within(plain, entry.start(), entry.bytes(), this::name);
        Optional<String> name = config.pieces();
        this.pieces = name.isPresent() ? Optional.of(pieces(name.get())) : Optional.empty();
    }

    /** Returns whether a file's name ends in {@code .nemo}, or the file is a tar file. */
    public static boolean is(Path path) {
        if (!Files.isRegularFile(path)) {
            return false;
        }
        try (InputStream in = Files.newInputStream(path)) {
            return named(path) || TarArchive.looksLikeTar(in.readNBytes(HEAD));
        } catch (IOException e) {
            return false; // opening the file reports what is wrong
        }
    }

    private static boolean named(Path path) {
        return String.valueOf(path.getFileName()).toLowerCase(Locale.ROOT).endsWith(".nemo");
    }

    /**
     * Opens a file; the weights stay in it until they are read.
     *
     * @throws ModelFormatException if it is damaged, lacks a part, or its pickle names anything but tensors
     * @throws org.quantvoice.error.UnsupportedOperatorException if it is another model than a FastConformer with a
     *     CTC head
     */
    public static NemoFile open(Path path) {
        try (PlainTar plain = PlainTar.of(path)) {
            return new NemoFile(path, plain.file());
        } catch (IOException e) {
            throw new ModelFormatException(
                    path + ", which cannot be read (" + e + ")",
                    "a tar file, maybe gzipped, as NeMo saves models",
                    CURE,
                    e);
        }
    }

    private JsonNode settings() throws IOException {
        byte[] bytes = tar.read(require(CONFIG, "the configuration"), MOST_CONFIG_BYTES);
        String name = file + ", " + CONFIG;
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return JsonReader.parse(JsonWriter.compact(YamlReader.read(name, text)));
        } catch (CharacterCodingException e) {
            throw new ModelFormatException(name + ", which is no text", "YAML in UTF-8", CURE, e);
        }
    }

    private TokenList pieces(String name) throws IOException {
        Entry entry = require(name, "the tokenizer that " + CONFIG + " names");
        return SentencePieces.read(file + ", " + name, tar.read(entry, MOST_PIECES_BYTES));
    }

    private Entry require(String name, String what) {
        return tar.find(name)
                .orElseThrow(() -> new ModelFormatException(
                        file + " without " + name + ", " + what + ", among "
                                + tar.entries().stream()
                                        .map(Entry::name)
                                        .limit(10)
                                        .toList(),
                        "a file as NeMo's save_to writes it",
                        "save the model again as one file: checkpoints in parts are not read"));
    }

    /** Returns the name of a tensor in transformers; empty if the tensor is not needed. */
    private Optional<String> name(String theirs) {
        boolean transducer = config.head().startsWith("ctc_") && theirs.matches("(decoder|joint)\\..*");
        if (transducer || UNUSED.stream().anyMatch(p -> p.matcher(theirs).matches())) {
            return Optional.empty();
        }
        String head = config.head() + "decoder_layers.0.";
        if (theirs.startsWith(head)) {
            return Optional.of("ctc_head." + theirs.substring(head.length()));
        }
        for (Map.Entry<Pattern, String> entry : NAMES.entrySet()) {
            Matcher matcher = entry.getKey().matcher(theirs);
            if (matcher.find()) {
                return Optional.of(matcher.replaceFirst(entry.getValue()));
            }
        }
        return Optional.of(theirs);
    }

    /** Returns the number of outputs of the head, including the blank. */
    public int vocabulary() {
        if (!weights.has(HEAD_WEIGHT)) {
            throw new ModelFormatException(
                    file + " without " + config.head() + "decoder_layers.0.weight",
                    "the weights of the CTC head",
                    CURE);
        }
        return Math.toIntExact(weights.shape(HEAD_WEIGHT)[0]);
    }

    /** Returns the model's configuration in the form of transformers. */
    public JsonNode config() {
        return config.parakeet(vocabulary());
    }

    public FrontEnd features() {
        return config.features();
    }

    /** Returns the model's parameters by their names in transformers. */
    public FolderWeights weights() {
        return weights;
    }

    /** Returns the tokens without the blank, which is the last output. */
    public Optional<TokenList> tokens() {
        return pieces.or(() -> config.labels().map(labels -> TokenList.inOrder(file + ", " + CONFIG, labels)
                .named(Optional.of(" ").filter(labels::contains), Optional.empty())));
    }
}
