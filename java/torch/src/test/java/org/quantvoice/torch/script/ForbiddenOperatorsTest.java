package org.quantvoice.torch.script;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.quantvoice.error.ModelFormatException;

public class ForbiddenOperatorsTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "  torch.save(x, \"file\")",
                "_0 = torch.from_file(\"f\", False, 1)",
                "_1 = ops.aten.from_file (\"f\")",
                "ops.image.read_file(path)",
                "ops.c10d.send(x, 1)",
                "fut = rpc_async(\"worker\", f)"
            })
    void areFound(String code) {
        assertThatThrownBy(() -> ForbiddenOperators.check(Path.of("m.pt"), "code/m.py", "x = 1\n" + code))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("line 2");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x = torch.linear(x, w, b)",
                "saved = torch.saved_tensor(x)",
                "load = torch.mul(x, y)",
                "y = ops.quantized.linear(x, p, 0.1, 3)",
                "self.save(x)"
            })
    void ordinaryCodePasses(String code) {
        assertThatCode(() -> ForbiddenOperators.check(Path.of("m.pt"), "code/m.py", code))
                .doesNotThrowAnyException();
    }
}
