package org.quantvoice.torch.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.internal.archive.Part;

class ScriptNamesTest {
    private static final Part PART = new Part(Path.of("m.pt"), "m/code/m.py");

    private static boolean check(String code) {
        return ScriptNames.check(PART, ScriptLexer.tokens(PART, code));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "  torch.save(x, \"file\")",
                "_0 = torch.from_file(\"f\", False, 1)",
                "_1 = ops.aten.from_file (\"f\")",
                "ops.image.read_file(path)",
                "ops.c10d.send(x, 1)",
                "fut = rpc_async(\"worker\", f)",
                // white space, line continuations and comments between
                "torch . save(x, p)",
                "torch.\\\nsave(x, p)",
                "torch\\\n  .save(x, p)",
                "f(torch. # a comment\n save, p)",
                "f(torch\n.\nfrom_file)",
                "# type: torch.save(x, p)",
                // another name for the module or the operator
                "t = torch\n",
                "t = (torch)\n",
                "s = torch.save\n",
                "o = ops",
                "o = ops.aten",
                "o = ops.prim.PythonOp(x)",
                "[torch][0].x(p)",
                // methods of values reach operators too
                "\"stolen.bin\".from_file(True, 9)",
                "x.save(p)",
                "x\\\n.save\\\n(p)",
                "f = x.save",
                "(x).set_(y)",
                "x.resize_([1000])",
                "x._nested_view_from_buffer(a, b, c)",
                // getattr, with strings that are spelled otherwise
                "getattr(torch, \"save\")(x, p)",
                "getattr(x, \"save\")(p)",
                "g = getattr\n  g(x, 'save')(p)",
                "getattr(x, 'sa' 've')(p)",
                "getattr(x, 'sa'\\\n 've')(p)",
                "getattr(x, \"s\\x61ve\")(p)",
                "getattr(x, \"s\\141ve\")(p)",
                "getattr(x, \"\"\"save\"\"\")(p)",
                // classes of libtorch's that are no packed weights
                "__torch__.torch.classes.c10d.FileStore(p, 1)",
                "c = __torch__.torch.classes",
                "c = __torch__.torch.classes.dist_rpc",
                "n = __torch__",
                "n = __torch__.torch",
                "x : __torch__.torch.classes._nnapi.Compilation",
                // where libtorch cuts words in two
                "a = x not intorch.save(x, p)",
                "a = x is nottorch.save(x, p)",
                "1torch.save(x, p)",
                "1.torch.save(x, p)",
                "0xops.aten.save(x)",
                // what libtorch does not know, or what could be read in two ways
                "torch.no_such_operator(x)",
                "ops.own.layer(x)",
                "tor\u0441h.relu(x)",
                "x = \u201ctext\u201d",
                "s = \"no end",
                "s = 'no\nend'",
                "s = \"\"\"no end\" ",
                "x\u0000 = 1"
            })
    void areRefused(String code) {
        assertThatThrownBy(() -> check("x = 1\n" + code))
                .as(code)
                .isInstanceOf(ModelFormatException.class)
                .hasMessageMatching("(?s).*line [23].*");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x = torch.linear(x, w, b)",
                "load = torch.mul(x, y)",
                "y = self.saved_tensor.sum()",
                "# torch.save(x, p)",
                "x = \"torch.save(x, p)\"",
                "raise \"cannot save 'x'\"",
                "_0 = getattr(encoders, \"0\")",
                "a = torch.__isnot__(x, None)",
                "a = x is not None",
                "b = 1 not in [1., .5, 1e-05, -1.0000000000000001e-05, 2.j, 3]",
                "x = torch.to(y, torch.device(\"cuda:0\"), 6)",
                "fut = fork(f, x)\nx = torch.wait(fut)",
                "import __torch__.torch.nn.modules.conv\n",
                "p : __torch__.torch.classes.quantized.LinearPackedParamsBase",
                "c : List[__torch__.torch.classes.rnn.CellParamsBase]",
                "x = __torch__.model.Encoder.forward(x, )",
                "n = ops.prim.NumToTensor(1)",
                "s = '\\'' + \"\\\"\" + 'a\\n'",
                "x[..., 0, None:]"
            })
    void ordinaryCodePasses(String code) {
        assertThat(check(code)).isFalse();
    }

    @Test
    void quantizedOperatorsAreSeen() {
        assertThat(check("y = ops.quantized.linear(x, p, 0.1, 3)")).isTrue();
        assertThat(check("y = ops . quantized . conv1d(x, p, 0.1, 3)")).isTrue();
        assertThat(check("y = \"ops.quantized.linear\"")).isFalse();
    }

    @Test
    void theLineIsThatOfTheCode() {
        assertThatThrownBy(() -> check("a = \"\"\"1\n2\"\"\"\nb = (3,\n4)\nc = \\\n torch.save(a, b)"))
                .hasMessageContaining("line 6");
    }
}
