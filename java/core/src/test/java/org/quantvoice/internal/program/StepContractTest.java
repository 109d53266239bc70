package org.quantvoice.internal.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Java's operators are those of steps.def, and the numbers that fields hold are those of native/src/exec/step.h. */
class StepContractTest {
    private static StepHeader header;

    @BeforeAll
    static void readHeader() throws IOException {
        header = StepHeader.read();
    }

    @Test
    void eachEntryOfTheFileIsAnOperatorOfThePlanner() {
        assertThat(StepLayout.ALL.keySet())
                .containsExactlyElementsOf(
                        Arrays.stream(StepOp.values()).map(StepOp::name).toList());
        List<Integer> codes = Arrays.stream(StepOp.values()).map(op -> op.code).toList();
        assertThat(codes).as("the executor's table has no holes").containsExactlyElementsOf(upTo(codes.size()));
    }

    private static List<Integer> upTo(int last) {
        return IntStream.rangeClosed(1, last).boxed().toList();
    }

    @Test
    void anEntryHasTheWordsOfItsFields() {
        StepLayout read = StepLayout.parse(
                        """
                // STEP(not, an, entry)
                // y = x
                STEP(SOME_ROWS, SomeRows, 7, true,
                     INT(n)  // a comment, with a (bracket)
                     PLACE(in) REAL(eps) VIEW(out) DIMS(dim))

                STEP(OTHER, Other, 9, false, INT(n))
                """)
                .get("SOME_ROWS");
        assertThat(read.code()).isEqualTo(7);
        assertThat(read.rowLocal()).isTrue();
        assertThat(read.fields())
                .containsExactly(
                        new StepLayout.Field("n", StepLayout.Kind.INT, 0, 1),
                        new StepLayout.Field("in", StepLayout.Kind.PLACE, 1, 1),
                        new StepLayout.Field("eps", StepLayout.Kind.REAL, 2, 1),
                        new StepLayout.Field("out.at", StepLayout.Kind.PLACE, 3, 1),
                        new StepLayout.Field("out.stride", StepLayout.Kind.INT, 4, 6),
                        new StepLayout.Field("dim", StepLayout.Kind.INT, 10, 6));
        assertThat(read.words()).isEqualTo(16);
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
