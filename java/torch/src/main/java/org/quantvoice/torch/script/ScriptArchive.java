package org.quantvoice.torch.script;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.quantvoice.error.ModelFormatException;

/**
 * A TorchScript file as a zip, looked at before libtorch is: whether it is whole and TorchScript at all, and whether its code
 * calls operators that touch files, processes or the network.
 *
 * <p>Checked: the zip's directory (a file cut anywhere lacks it), the parts that every TorchScript file has, and the checksums
 * of all code and pickles (libtorch checks none). Not checked: the checksums of weights, and what a hostile file could do
 * beyond the listed operators; TorchScript is code, so only trusted files may be loaded.
 *
 * @param path the file
 * @param bytes its size
 * @param root the folder in the zip that holds everything, without slash
 * @param int8 whether its code calls quantized operators, whose weights are packed while it loads
 */
public record ScriptArchive(Path path, long bytes, String root, boolean int8) {
    private static final String CURE =
            "export the model with torch.jit.script(model).save(path) or torch.jit.trace(...).save(path)";
    private static final String CORRUPT_CURE = "copy or export the file again";
    private static final int MAX_CODE_BYTES = 64 << 20;

    /**
     * @throws ModelFormatException if the file is not a sound TorchScript file
     */
    public static ScriptArchive check(Path path) {
        if (!Files.isRegularFile(path)) {
            throw new ModelFormatException("no file at " + path, "a TorchScript file", "check the path");
        }
        try {
            checkMagic(path);
            try (ZipFile zip = new ZipFile(path.toFile())) {
                String root = root(path, zip);
                boolean int8 = scan(path, zip);
                return new ScriptArchive(path, Files.size(path), root, int8);
            }
        } catch (ZipException e) {
            throw new ModelFormatException(
                    path + " with a damaged or missing zip directory (" + e.getMessage() + ")",
                    "a whole TorchScript file",
                    CORRUPT_CURE,
                    e);
        } catch (IOException e) {
            throw new ModelFormatException(
                    "unreadable file " + path + " (" + e + ")", "a TorchScript file", "check it", e);
        }
    }

    /** The text of a file that was stored beside the model ({@code _extra_files} of PyTorch). */
    Optional<String> extra(String name) {
        try (ZipFile zip = new ZipFile(path.toFile())) {
            ZipEntry entry = zip.getEntry(root + "/extra/" + name);
            return entry == null
                    ? Optional.empty()
                    : Optional.of(new String(read(path, zip, entry), StandardCharsets.UTF_8));
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
            return false; // the caller asks whether it reads as a model, and it does not read
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

    private static String root(Path path, ZipFile zip) {
        List<String> names = zip.stream().map(ZipEntry::getName).toList();
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
                    CURE);
        }
        if (!names.contains(r + "/constants.pkl")) {
            throw new ModelFormatException("a zip without constants.pkl at " + path, "a whole TorchScript file", CURE);
        }
        return r;
    }

    /** Checks all code and pickles; tells whether the code calls quantized operators. */
    private static boolean scan(Path path, ZipFile zip) throws IOException {
        boolean int8 = false;
        for (ZipEntry entry : zip.stream().toList()) {
            String name = entry.getName();
            if (name.endsWith(".py") || name.endsWith(".pkl")) {
                byte[] content = read(path, zip, entry);
                if (name.endsWith(".py")) {
                    String code = new String(content, StandardCharsets.UTF_8);
                    ForbiddenOperators.check(path, name, code);
                    int8 |= code.contains("ops.quantized.");
                }
            }
        }
        return int8;
    }

    private static byte[] read(Path path, ZipFile zip, ZipEntry entry) throws IOException {
        try (InputStream in = zip.getInputStream(entry)) {
            byte[] content = in.readNBytes(MAX_CODE_BYTES + 1);
            CRC32 crc = new CRC32();
            crc.update(content);
            if (content.length > MAX_CODE_BYTES
                    || content.length != entry.getSize()
                    || crc.getValue() != entry.getCrc()) {
                throw new ModelFormatException(
                        "damaged part " + entry.getName() + " in " + path,
                        entry.getSize() + " bytes (at most " + MAX_CODE_BYTES + ") with the stored checksum",
                        CORRUPT_CURE);
            }
            return content;
        }
    }
}
