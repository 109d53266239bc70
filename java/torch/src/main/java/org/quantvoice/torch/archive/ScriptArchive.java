package org.quantvoice.torch.archive;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.internal.archive.ZipArchive;
import org.quantvoice.internal.archive.ZipRecord;

/**
 * A TorchScript file, which is a zip, checked before libtorch opens it: that it is whole and is TorchScript, that its
 * tensors lie within its weights, and that its code names only operators that compute (see {@link ArchiveScan}).
 *
 * <p>The scan does not check the checksums of weights, nor what allowed operators do with hostile arguments, which
 * libtorch has to check. TorchScript is a program, so only trusted files may be loaded.
 *
 * @param path the file
 * @param bytes its size
 * @param root the folder in the zip that holds everything, without slash
 * @param int8 whether its code names quantized operators, whose weights are packed while it loads
 */
public record ScriptArchive(Path path, long bytes, String root, boolean int8) {
    private static final String CURE =
            "export the model with torch.jit.script(model).save(path) or torch.jit.trace(...).save(path)";
    private static final int MOST_TEXT_BYTES = 64 << 20;

    /**
     * @throws ModelFormatException if the file is not a sound TorchScript file
     */
    public static ScriptArchive check(Path path) {
        if (!Files.isRegularFile(path)) {
            throw new ModelFormatException("no file at " + path, "a TorchScript file", "check the path");
        }
        try {
            checkMagic(path);
            try (ZipArchive zip = ZipArchive.open(path)) {
                String root = root(path, zip);
                return new ScriptArchive(path, Files.size(path), root, ArchiveScan.check(path, zip, root));
            }
        } catch (IOException e) {
            throw new ModelFormatException(
                    "unreadable file " + path + " (" + e + ")", "a TorchScript file", "check it", e);
        }
    }

    /** Returns the text of a file that was stored beside the model ({@code _extra_files} of PyTorch). */
    public Optional<String> extra(String name) {
        try (ZipArchive zip = ZipArchive.open(path)) {
            Optional<ZipRecord> record = zip.find(root + "/extra/" + name);
            return record.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new String(zip.read(record.get(), MOST_TEXT_BYTES), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new ModelFormatException(
                    "unreadable file " + path + " (" + e + ")", "a TorchScript file", "check it", e);
        }
    }

    public static boolean looksLikeZip(Path path) {
        try (InputStream in = Files.newInputStream(path)) {
            byte[] b = in.readNBytes(4);
            return b.length == 4 && b[0] == 'P' && b[1] == 'K' && b[2] == 3 && b[3] == 4;
        } catch (IOException e) {
            return false; // a file that cannot be read is not a model, which is what the caller asks
        }
    }

    private static void checkMagic(Path path) throws IOException {
        if (looksLikeZip(path)) {
            return;
        }
        byte[] head;
        try (InputStream in = Files.newInputStream(path)) {
            head = in.readNBytes(512);
        }
        String kind;
        if (head.length == 0) {
            kind = "an empty file";
        } else if ((head[0] & 0xFF) == 0x80) {
            kind = "a Python pickle (state_dict or old checkpoint), which holds no code to run,";
        } else if (isText(head)) {
            kind = "a text file";
        } else {
            kind = "a file of unknown kind";
        }
        throw new ModelFormatException(kind + " at " + path, "a TorchScript file (a zip)", CURE);
    }

    private static boolean isText(byte[] head) {
        for (byte b : head) {
            if (b >= 0 && b < ' ' && b != '\n' && b != '\r' && b != '\t') {
                return false;
            }
        }
        return true;
    }

    private static String root(Path path, ZipArchive zip) {
        List<String> names = zip.records().stream().map(ZipRecord::name).toList();
        if (names.stream().anyMatch(n -> n.equals("archive_format") || n.endsWith("/archive_format"))) {
            throw new ModelFormatException(
                    "a .pt2 file of torch.export at " + path,
                    "a TorchScript file, or an ONNX file",
                    "write the exported program with torch.onnx.export(.., dynamo=True), or " + CURE);
        }
        Optional<String> root = names.stream()
                .filter(n -> n.endsWith("/data.pkl") && n.indexOf('/') == n.length() - "/data.pkl".length())
                .map(n -> n.substring(0, n.indexOf('/')))
                .findFirst();
        if (root.isEmpty()) {
            throw new ModelFormatException("a zip without data.pkl at " + path, "a TorchScript file", CURE);
        }
        String r = root.get();
        if (names.stream().noneMatch(n -> n.startsWith(r + "/code/"))) {
            throw new ModelFormatException(
                    "a pickled Python object (state_dict or whole module) without code at " + path,
                    "a TorchScript file, which carries its code",
                    "name the folder if a config.json of Hugging Face stands beside it, or " + CURE);
        }
        if (!names.contains(r + "/constants.pkl")) {
            throw new ModelFormatException("a zip without constants.pkl at " + path, "a whole TorchScript file", CURE);
        }
        return r;
    }
}
