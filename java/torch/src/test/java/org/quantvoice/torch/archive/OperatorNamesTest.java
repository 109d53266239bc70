package org.quantvoice.torch.archive;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.TreeSet;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.OperatorVector;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.quantvoice.torch.script.Libtorch;

/** The list of operators, against those of the libtorch that runs. */
class OperatorNamesTest {
    private static final Set<String> REGISTERED = registered();

    private static Set<String> registered() {
        Libtorch.load();
        Set<String> names = new TreeSet<>();
        try (PointerScope scope = new PointerScope()) {
            OperatorVector all = torch.getAllOperators();
            for (long i = 0; i < all.size(); i++) {
                names.add(all.get(i).schema().name().getString());
            }
        }
        return names;
    }

    /** What is in neither list could be reached as a method of a value. */
    @Test
    void everyOperatorThatMayBeAMethodIsAllowedOrRefused() {
        assertThat(REGISTERED).hasSizeGreaterThan(1500);
        assertThat(REGISTERED.stream()
                        .filter(name -> name.startsWith("aten::"))
                        .map(name -> name.substring("aten::".length()))
                        .filter(name ->
                                OperatorNames.allows(OperatorNames.ATEN, name) == OperatorNames.refusesMethod(name)))
                .isEmpty();
    }

    @Test
    void whatTouchesMoreThanTensorsIsRefused() {
        assertThat(REGISTERED).contains("aten::from_file", "aten::save", "aten::set_");
        for (String name : new String[] {"from_file", "save", "set_", "set_data", "resize_", "_foobar", "to_here"}) {
            assertThat(OperatorNames.allows(OperatorNames.ATEN, name)).as(name).isFalse();
        }
        for (String space : new String[] {"c10d", "image", "rpc", "inductor", "symm_mem", "cuda", "prims", ""}) {
            assertThat(REGISTERED.stream()
                            .filter(name -> name.startsWith(space + "::"))
                            .filter(name -> OperatorNames.allows(space, name.substring(space.length() + 2))))
                    .isEmpty();
        }
    }

    @Test
    void whatModelsUseIsAllowed() {
        for (String name :
                new String[] {"conv1d", "linear", "lstm", "stft", "_weight_norm", "__isnot__", "lift_fresh"}) {
            assertThat(OperatorNames.allows(OperatorNames.ATEN, name)).as(name).isTrue();
        }
        assertThat(OperatorNames.allows("quantized", "linear_dynamic")).isTrue();
        assertThat(OperatorNames.allows("prim", "unchecked_unwrap_optional")).isTrue();
    }
}
