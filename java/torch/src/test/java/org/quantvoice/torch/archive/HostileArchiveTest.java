package org.quantvoice.torch.archive;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.quantvoice.error.ModelFormatException;

/** Files that libtorch would take on trust. None may come to it: it would end this process, or read beyond its memory. */
class HostileArchiveTest {
    /** A convolution's weight [6, 1, 40]: storage offset 0, its sizes. */
    private static final byte[] WEIGHT = {'K', 0, '(', 'K', 6, 'K', 1, 'K', 40, 't'};

    private static final byte[] STORAGE = {'K', (byte) 240, 't', 'Q'};
    private static final int DEEP = 100_000;
    private static final int DEEP_CODE = 20_000;

    @TempDir
    Path folder;

    private static ArchiveParts model() throws IOException {
        return ArchiveParts.of("graph/pooling.pt");
    }

    private void refused(ArchiveParts parts, String words) throws IOException {
        Path file = parts.store(folder.resolve("hostile.pt"));
        assertThatThrownBy(() -> ScriptArchive.check(file))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining(words);
    }

    @Test
    void theModelItselfPassesStoredAndDeflated() throws IOException {
        assertThat(ScriptArchive.check(model().store(folder.resolve("stored.pt")))
                        .root())
                .isEqualTo("archive");
        assertThat(ScriptArchive.check(model().deflate(folder.resolve("deflated.pt")))
                        .int8())
                .isFalse();
    }

    static Stream<Arguments> tensors() {
        return Stream.of(
                Arguments.of("size", WEIGHT, new byte[] {'K', 0, '(', 'K', 6, 'K', 1, 'K', 41, 't'}),
                Arguments.of("huge size", WEIGHT, join("K\0(K\6K\1J", 40_000_000, "t")),
                Arguments.of("negative size", WEIGHT, join("K\0(K\6K\1J", -40, "t")),
                Arguments.of("offset", WEIGHT, join("J", 2_000_000_000, "(K\6K\1K\50t")),
                Arguments.of("negative offset", WEIGHT, join("J", -100_000, "(K\6K\1K\50t")),
                Arguments.of("offset by one", WEIGHT, new byte[] {'K', 1, '(', 'K', 6, 'K', 1, 'K', 40, 't'}),
                Arguments.of("stride", join("(K\50K\50K\1t"), join("(J", 1 << 30, "K\50K\1t")),
                Arguments.of("negative stride", join("(K\50K\50K\1t"), join("(J", -40, "K\50K\1t")),
                Arguments.of("overflow", WEIGHT, join("K\0(J", -1, "J", -1, "K\50t")),
                Arguments.of("other axes", WEIGHT, new byte[] {'K', 0, '(', 'K', 6, 'K', 40, 't'}),
                Arguments.of("elements", STORAGE, join("J", 2_000_000_000, "tQ")),
                Arguments.of("fewer elements than bytes", STORAGE, new byte[] {'K', 100, 't', 'Q'}),
                Arguments.of("negative elements", STORAGE, join("J", -1, "tQ")),
                Arguments.of("wider type", join("FloatStorage"), join("DoubleStorage")),
                Arguments.of("narrower type", join("FloatStorage"), join("HalfStorage")),
                Arguments.of("unknown type", join("FloatStorage"), join("Bits16Storage")),
                Arguments.of("size of a float", WEIGHT, join("K\0(K\6K\1G\0\0\0\0\0\0\0\0t")));
    }

    private static byte[] join(Object... pieces) {
        ByteBuffer bytes = ByteBuffer.allocate(100).order(ByteOrder.LITTLE_ENDIAN);
        for (Object piece : pieces) {
            if (piece instanceof Integer number) {
                bytes.putInt(number);
            } else {
                bytes.put(piece.toString().getBytes(ISO_8859_1));
            }
        }
        return Arrays.copyOf(bytes.array(), bytes.position());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("tensors")
    void tensorsOutsideTheirStorage(String name, byte[] from, byte[] to) throws IOException {
        refused(model().edit("/data.pkl", b -> ArchiveParts.replace(b, from, to)), "archive/data.pkl");
    }

    @Test
    void recordsThatAreShortOrMissing() throws IOException {
        refused(model().edit("/data/0", b -> Arrays.copyOf(b, 100)), "whose record has 100 bytes");
        refused(model().edit("/data/0", b -> Arrays.copyOf(b, 4000)), "whose record has 4,000 bytes");
        refused(model().remove("/data/0"), "a storage '0' without a record");
        refused(model().remove("/constants.pkl"), "without constants.pkl");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/data.pkl", "/constants.pkl"})
    void picklesOfOtherThingsThanModels(String part) throws IOException {
        for (String pickle : new String[] {
            "\u0080\2cposix\nsystem\nX\4\0\0\0true\u0085R.", // a call of another function
            "\u0080\2c__torch__.torch.classes.c10d\nFileStore\n)\u0081}b.",
            "\u0080\2c__torch__.torch.classes\nc10d.FileStore\n)\u0081}b.",
            "\u0080\2cbuiltins\neval\nX\1\0\0\0001\u0085R.",
            "\u0080\2c__torch__\n" + "List[".repeat(20_000) + "\n)\u0081}b.", // names are parsed as types
            "\u0080\2K\0)R.", // libtorch takes a number for a function that it has read before
            "\u0080\2NNNt.", // the end of a tuple that has no start
            "\u0080\2h\377.", // a reference to nothing
            "\u0080\2Nr\377\377\377\177.", // a table of 2^31 references
            "\u0080\2(e.", // items for what lies below the stack
            "\u0080\2}q\0(Nh\0u.", // a dictionary in itself
            "\u0080\2]q\0h\0a.", // a list in itself
            "\u0080\2](NNN", // no end
            "\u0080\4N.", // another protocol
            "\u0080\2.", // nothing
            "\u0080\2NN.", // two values
            "\u0080\2S'x'\n.", // an instruction that libtorch lacks
            "\u0080\2X\377\377\377\377x.", // a text of 4 GiB
            ""
        }) {
            ArchiveParts parts = model().edit(part, b -> pickle.getBytes(ISO_8859_1));
            Path file = parts.store(folder.resolve("hostile.pt"));
            assertThatThrownBy(() -> ScriptArchive.check(file)).as(pickle).isInstanceOf(ModelFormatException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/data.pkl", "/constants.pkl"})
    void nestedPickles(String part) throws IOException {
        String lists = "\u0080\2" + "]".repeat(DEEP) + "a".repeat(DEEP - 1) + ".";
        String tuples = "\u0080\2N" + "\u0085".repeat(DEEP) + ".";
        String marks = "\u0080\2" + "(".repeat(DEEP) + "t".repeat(DEEP) + ".";
        String dictionaries = "\u0080\2" + "}N".repeat(DEEP) + "}" + "s".repeat(DEEP) + ".";
        String dropped = "\u0080\2ccollections\nOrderedDict\nN" + "\u0085".repeat(DEEP) + "R.";
        String typed = "\u0080\2ctorch.jit._pickle\nrestore_type_tag\n]X"
                + new String(join(DEEP * 5 + 3 + DEEP), ISO_8859_1) + "List[".repeat(DEEP) + "int" + "]".repeat(DEEP)
                + "\u0086R.";
        for (String pickle : new String[] {lists, tuples, marks, dictionaries, dropped, typed}) {
            ArchiveParts parts = model().edit(part, b -> pickle.getBytes(ISO_8859_1));
            refused(parts, part.substring(1));
        }
    }

    /** Each list holds the one before twice: few bytes, but 2^60 ways to walk. */
    @Test
    void sharedValuesThatUnfold() throws IOException {
        StringBuilder nested = new StringBuilder("\u0080\2]q\0");
        for (char i = 1; i < 60; i++) {
            nested.append('h')
                    .append((char) (i - 1))
                    .append('\u0086')
                    .append('q')
                    .append(i);
        }
        nested.append('.');
        refused(model().edit("/constants.pkl", b -> nested.toString().getBytes(ISO_8859_1)), "unfold");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "return (((x)))",
                "return -- x",
                "return torch.relu(x)",
                "return x.relu()",
                "return x + x",
                "return [x]",
                "return x if True else x",
                "if True:\n"
            })
    void nestedCode(String code) throws IOException {
        String deep =
                switch (code) {
                    case "return (((x)))" -> "return " + "(".repeat(DEEP_CODE) + "x" + ")".repeat(DEEP_CODE);
                    case "return -- x" -> "return " + "-".repeat(DEEP_CODE) + "x";
                    case "return torch.relu(x)" ->
                        "return " + "torch.relu(".repeat(DEEP_CODE) + "x" + ")".repeat(DEEP_CODE);
                    case "return x.relu()" -> "return x" + ".relu()".repeat(DEEP_CODE);
                    case "return x + x" -> "return x" + " + x".repeat(DEEP_CODE);
                    case "return [x]" -> "return " + "[".repeat(DEEP_CODE) + "x" + "]".repeat(DEEP_CODE);
                    case "return x if True else x" -> "return " + "x if True else ".repeat(DEEP_CODE) + "x";
                    default ->
                        "if True:\n      pass\n" + "    elif True:\n      pass\n".repeat(DEEP_CODE) + "    return x";
                };
        refused(model().editText("/graph_fixtures.py", text -> method(text, deep)), "nested too deep");
    }

    private static String method(String code, String body) {
        return code + "  def deep(self: __torch__.graph_fixtures.Pooling,\n    x: Tensor) -> Tensor:\n    " + body
                + "\n";
    }

    @Test
    void nestedBlocksAndDefinitions() throws IOException {
        StringBuilder blocks = new StringBuilder("pass\n");
        for (int i = 2; i < 600; i++) {
            blocks.append("  ".repeat(i)).append("if True:\n");
        }
        refused(model().editText("/graph_fixtures.py", t -> method(t, blocks + "  ".repeat(600) + "pass")), "nested");
        StringBuilder functions = new StringBuilder();
        StringBuilder classes = new StringBuilder();
        StringBuilder methods = new StringBuilder();
        for (int i = 0; i < 5000; i++) {
            functions.append(
                    "def f" + i + "(x: Tensor) -> Tensor:\n  return __torch__.graph_fixtures.f" + (i + 1) + "(x, )\n");
            classes.append("class C" + i + ":\n  a : Optional[__torch__.graph_fixtures.C" + (i + 1) + "]\n");
            methods.append("  def m" + i + "(self: __torch__.graph_fixtures.Pooling) -> int:\n    return (self).m"
                    + (i + 1) + "()\n");
        }
        functions.append("def f5000(x: Tensor) -> Tensor:\n  return x\n");
        classes.append("class C5000:\n  a : int\n");
        methods.append("  def m5000(self: __torch__.graph_fixtures.Pooling) -> int:\n    return 1\n");
        refused(model().editText("/graph_fixtures.py", t -> t + functions), "nested too deep");
        refused(model().editText("/graph_fixtures.py", t -> t + classes), "nested too deep");
        refused(model().editText("/graph_fixtures.py", t -> t + methods), "nested too deep");
        refused(
                model().editText("/graph_fixtures.py", t -> method(t, "return __torch__.other.f(x, )")),
                "which is nothing");
    }

    @Test
    void partsThatTheDirectoryLiesAbout() throws IOException {
        byte[] file = Files.readAllBytes(model().store(folder.resolve("good.pt")));
        String text = new String(file, ISO_8859_1);
        int entry = text.lastIndexOf("PK\1\2");
        int end = text.lastIndexOf("PK\5\6");
        int first = text.indexOf("PK\1\2");
        assertThat(entry).isGreaterThan(0);
        for (int[] change : new int[][] {
            {entry + 20, 99}, // packed bytes
            {entry + 24, 99}, // bytes
            {entry + 42, 99}, // place
            {entry + 10, 8}, // method
            {entry + 10, 99},
            {entry + 8, 1}, // encrypted
            {entry + 46, 'x'}, // name, of the directory only
            {entry + 28, 3}, // bytes of the name
            {entry + 30, 200}, // bytes of the extra field
            {end + 10, 3}, // number of parts
            {end + 12, 3}, // bytes of the directory
            {end + 16, 3}, // place of the directory
            {end + 4, 1}, // disks
            {end + 20, 1}, // comment
            {first + 42, 40}, // place of the first part: inside of another
            {30, 'x'}, // name, of the part only
            {8, 8}, // method, of the part only
        }) {
            byte[] changed = file.clone();
            changed[change[0]] = (byte) change[1];
            Path path = Files.write(folder.resolve("lie.pt"), changed);
            assertThatThrownBy(() -> ScriptArchive.check(path))
                    .as("byte %d (entry at %d, end at %d) made %d", change[0], entry, end, change[1])
                    .isInstanceOf(ModelFormatException.class);
        }
        for (int cut = 0; cut < file.length; cut += Math.max(1, file.length / 400)) {
            Path path = Files.write(folder.resolve("cut.pt"), Arrays.copyOf(file, cut));
            assertThatThrownBy(() -> ScriptArchive.check(path))
                    .as("cut at %d", cut)
                    .isInstanceOf(ModelFormatException.class);
        }
    }

    @Test
    void namesThatMeanTwoParts() throws IOException {
        String code = model().name("graph_fixtures.py");
        refused(model().put(code.toUpperCase(java.util.Locale.ROOT), new byte[1]), "two parts of the name");
        refused(model().put("archive/../archive/code/x.py", new byte[1]), "a part of the name");
        refused(model().put("/etc/passwd", new byte[1]), "a part of the name");
        refused(model().put("archive/code\\x.py", new byte[1]), "a part of the name");
        refused(model().put("other/code/x.py", new byte[1]), "a part outside of the folder archive");
        refused(model().put("archive/model.json", new byte[1]), "the format of PyTorch 1.0");
        Path twice = folder.resolve("twice.pt");
        byte[] file = Files.readAllBytes(model().put("archive/code/__torch__/graph_fixtureX.py", new byte[0])
                .store(twice));
        Files.write(twice, ArchiveParts.replace(file, join("graph_fixtureX.py"), join("graph_fixtures.py")));
        assertThatThrownBy(() -> ScriptArchive.check(twice)).hasMessageContaining("two parts of the name");
    }

    @Test
    void bombs() throws IOException {
        Path code = model().put("archive/code/bomb.py", new byte[70 << 20]).deflate(folder.resolve("code.pt"));
        assertThatThrownBy(() -> ScriptArchive.check(code)).isInstanceOf(ModelFormatException.class);
        Path data = model().put("archive/data/9", new byte[70 << 20]).deflate(folder.resolve("data.pt"));
        assertThatThrownBy(() -> ScriptArchive.check(data)).hasMessageContaining("bytes packed into");
        Path small = model().edit("/data/0", b -> new byte[20 << 20]).deflate(folder.resolve("small.pt"));
        assertThatThrownBy(() -> ScriptArchive.check(small)).hasMessageContaining("whose record has");
    }

    @Test
    void whatIsJustAllowedLoads() throws IOException {
        Path file = model().edit("/constants.pkl", b -> ("\u0080\2N" + "\u0085".repeat(200) + ".").getBytes(ISO_8859_1))
                .editText("/graph_fixtures.py", t -> method(t, "return " + "-".repeat(600) + "x"))
                .store(folder.resolve("edge.pt"));
        assertThatCode(() -> new org.quantvoice.torch.TorchEngine().modules(file))
                .doesNotThrowAnyException();
    }
}
