package org.quantvoice.internal.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Java's tables of steps are those of native/src/exec/step.h: names, numbers, order, and what each field holds. */
class StepContractTest {
    private static StepHeader header;

    @BeforeAll
    static void readHeader() throws IOException {
        header = StepHeader.read();
    }

    @Test
    void operatorsHaveTheNumbersOfTheHeader() {
        Map<String, Integer> expected = new LinkedHashMap<>();
        for (StepOp op : StepOp.values()) {
            expected.put("OP_" + op, op.code);
        }
        expected.put("OP_COUNT", StepOp.values().length + 1);
        assertThat(header.enums().get("Op")).isEqualTo(expected);
    }

    /** A struct whose fields stand in another order, or are of another type, fails with both lists. */
    @ParameterizedTest
    @EnumSource(StepOp.class)
    void fieldsAreThoseOfTheStruct(StepOp op) {
        List<String> ours = new ArrayList<>();
        op.layout
                .fields()
                .forEach(f -> ours.add(switch (f.kind()) {
                            case INT -> "int64_t ";
                            case REAL -> "double ";
                            case PLACE -> "Place ";
                        }
                        + f.name()
                        + (f.words() > 1 ? "[" + f.words() + "]" : "")));
        assertThat(ours).containsExactlyElementsOf(flat(struct(op)));
    }

    /** {@code NORM_ROWS} is NormRowsStep. */
    private static String struct(StepOp op) {
        StringBuilder name = new StringBuilder();
        for (String word : op.name().split("_")) {
            name.append(word.charAt(0)).append(word.substring(1).toLowerCase(Locale.ROOT));
        }
        return name + "Step";
    }

    /** The fields of a struct with those of its views. */
    private static List<String> flat(String struct) {
        assertThat(header.structs()).containsKey(struct);
        List<String> fields = new ArrayList<>();
        for (String field : header.structs().get(struct)) {
            if (field.startsWith("View ")) {
                for (String inner : header.structs().get("View")) {
                    fields.add(inner.replaceFirst(" ", " " + field.substring(5) + "."));
                }
            } else {
                fields.add(field);
            }
        }
        return fields;
    }

    @Test
    void eachStructOfTheHeaderIsAStep() {
        List<String> steps = new ArrayList<>(header.structs().keySet());
        steps.removeAll(List.of("StepHeader", "View"));
        assertThat(steps)
                .containsExactlyInAnyOrderElementsOf(Arrays.stream(StepOp.values())
                        .map(StepContractTest::struct)
                        .toList());
        assertThat(header.structs().get("StepHeader"))
                .as("as ProgramAssembly writes it")
                .containsExactly("int64_t op", "int64_t group", "int64_t block_rows", "int64_t words");
    }

    @Test
    void numbersInFieldsAreThoseOfTheHeader() {
        sameNumbers("Type", "", StepOp.Type.values());
        sameNumbers("Act", "ACT_", Activation.Act.values(), "ACT_COUNT");
        sameNumbers("Binary", "", StepOp.Binary.values());
        sameNumbers("Reduce", "", StepOp.Reduce.values());
        sameNumbers("Rnn", "", StepOp.Rnn.values());
        assertThat(header.enums().keySet()).containsExactlyInAnyOrder("Op", "Type", "Act", "Binary", "Reduce", "Rnn");
    }

    private static void sameNumbers(String name, String prefix, Enum<?>[] ours, String... count) {
        Map<String, Integer> expected = new LinkedHashMap<>();
        for (Enum<?> each : ours) {
            expected.put(prefix + each.name(), each.ordinal());
        }
        for (String last : count) {
            expected.put(last, ours.length);
        }
        assertThat(header.enums().get(name)).as(name).isEqualTo(expected);
    }

    @Test
    void placesAreCountedAsTheHeaderCounts() {
        assertThat(header.constants())
                .containsEntry("NONE", "INT64_MIN")
                .containsEntry("MAX_RANK", String.valueOf(Emission.MAX_RANK))
                .containsEntry("SLOT_SHIFT", "44");
        assertThat(Draft.NONE).isEqualTo(Long.MIN_VALUE);
        assertThat(Buffer.slot(3, 1).place).as("slots are numbered from 0 here").isEqualTo(4L << 44);
    }

    @Test
    void theHeadersOrderIsSeen() {
        StepHeader swapped = StepHeader.parse("constexpr int MAX_RANK = 6;\nstruct S {\n  int64_t n, rows;  // x, y\n"
                + "  Place in;\n  int64_t dim[MAX_RANK];\n};\nenum E : int64_t { A = 1, B = 2 };");
        assertThat(swapped.structs().get("S"))
                .containsExactly("int64_t n", "int64_t rows", "Place in", "int64_t dim[6]");
        assertThat(swapped.enums().get("E")).containsEntry("B", 2);
    }

    @Test
    void aStepNamesWhatIsWrongWithItsFields() {
        Draft draft = new Draft(StepOp.SOFTMAX_ROWS, "softmax");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> draft.number("columns", 1))
                .withMessageContaining("columns");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> draft.real("n", 1))
                .withMessageContaining("SOFTMAX_ROWS.n");
        draft.rows(2)
                .number("n", 3)
                .number("in_ld", 3)
                .number("log", 0)
                .number("out_ld", 3)
                .none("out");
        assertThatIllegalStateException().isThrownBy(draft::words).withMessageContaining("SOFTMAX_ROWS.in ");
        assertThat(draft.none("in").words()).containsExactly(2, 3, Draft.NONE, 3, 0, Draft.NONE, 3);
    }
}
