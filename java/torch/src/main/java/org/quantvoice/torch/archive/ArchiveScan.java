package org.quantvoice.torch.archive;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.Set;
import org.quantvoice.internal.archive.Part;
import org.quantvoice.internal.archive.PickleReader;
import org.quantvoice.internal.archive.StorageRecords;
import org.quantvoice.internal.archive.ZipArchive;
import org.quantvoice.internal.archive.ZipRecord;

/**
 * Checks everything that libtorch will read of a TorchScript file: its code, its pickles, and the weights that they
 * name.
 *
 * @see ScriptNames which operators code may name
 * @see ScriptCalls what pickles may hold
 */
public final class ArchiveScan {
    private static final int MOST_CODE_BYTES = 64 << 20;
    private static final int MOST_PICKLE_BYTES = 256 << 20;
    private static final long LARGE = 64L << 20;
    private static final long MOST_RATIO = 100;
    private static final Set<String> OLD_PARTS = Set.of("model.json", "attributes.pkl");

    private final Path file;
    private final ZipArchive zip;
    private final String root;
    private final List<ScriptDefinition> definitions = new ArrayList<>();
    private boolean quantized;

    private ArchiveScan(Path file, ZipArchive zip, String root) {
        this.file = file;
        this.zip = zip;
        this.root = root;
    }

    /**
     * Refuses a file which libtorch, because it trusts its input, would let end the process, read beyond its memory, or
     * reach other files.
     *
     * @param root the folder in the zip that holds everything
     * @return whether its code names quantized operators, whose weights are packed while it loads
     * @throws org.quantvoice.error.ModelFormatException naming the part
     */
    public static boolean check(Path file, ZipArchive zip, String root) throws IOException {
        ArchiveScan scan = new ArchiveScan(file, zip, root);
        for (ZipRecord record : zip.records()) {
            scan.part(record);
        }
        ScriptNesting.check(scan.definitions);
        scan.pickle("data");
        scan.pickle("constants");
        return scan.quantized;
    }

    private void part(ZipRecord record) throws IOException {
        Part part = new Part(file, record.name());
        if (!record.name().startsWith(root + "/")) {
            throw part.refused("a part outside of the folder " + root, "one folder");
        }
        String name = record.name().substring(root.length() + 1);
        if (OLD_PARTS.contains(name)) {
            throw part.refused("the format of PyTorch 1.0", "TorchScript of PyTorch 1.4 or later");
        }
        if (record.bytes() > LARGE && record.bytes() / MOST_RATIO > record.stored()) {
            throw part.refused(
                    String.format(Locale.ROOT, "%,d bytes packed into %,d", record.bytes(), record.stored()),
                    "weights that are not packed");
        }
        if (name.toLowerCase(Locale.ROOT).endsWith(".py")) {
            code(record, part, name);
        } else if (!name.endsWith(".pkl")) {
            zip.requireLength(record);
        }
    }

    private void code(ZipRecord record, Part part, String name) throws IOException {
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(zip.read(record, MOST_CODE_BYTES)))
                    .toString();
        } catch (CharacterCodingException e) {
            throw part.refused("code that is no UTF-8", "code in UTF-8");
        }
        List<ScriptToken> tokens = ScriptLexer.tokens(part, text);
        quantized |= ScriptNames.check(part, tokens);
        String module = name.substring(0, name.length() - ".py".length());
        module = module.startsWith("code/") ? module.substring("code/".length()) : module;
        definitions.addAll(ScriptOutline.of(part, module.replace('/', '.'), tokens));
    }

    /** Checks a pickle; the storages that it names are records in the folder of its name. */
    private void pickle(String name) throws IOException {
        Part part = new Part(file, root + "/" + name + ".pkl");
        ZipRecord record =
                zip.find(part.name()).orElseThrow(() -> part.refused("no such part", "a whole TorchScript file"));
        StorageRecords storages = key -> zip.find(root + "/" + name + "/" + key)
                .map(storage -> OptionalLong.of(storage.bytes()))
                .orElse(OptionalLong.empty());
        PickleReader.read(part, zip.read(record, MOST_PICKLE_BYTES), new ScriptCalls(part, storages));
    }
}
