package org.quantvoice.internal.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.quantvoice.error.EngineException;

class AttentionNumbersTest {
    @Test
    void aNameThatIsNoneOfThemIsRefusedWithWhatMayStandThere() {
        assertThat(AttentionNumbers.named("bfloat16")).isEqualTo(AttentionNumbers.BFLOAT16);
        assertThat(AttentionNumbers.named("float")).isEqualTo(AttentionNumbers.FLOAT);
        assertThatThrownBy(() -> AttentionNumbers.named("INT4"))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("-Dquantvoice.attention=INT4")
                .hasMessageContaining("int8, bfloat16 or float");
    }

    @Test
    void listingsCountFewQueriesAsBfloat16() {
        assertThat(AttentionNumbers.listed(AttentionNumbers.INT8.code, 128)).isZero();
        assertThat(AttentionNumbers.listed(AttentionNumbers.INT8.code, 127)).isEqualTo(1);
        assertThat(AttentionNumbers.listed(AttentionNumbers.FLOAT.code, 500)).isEqualTo(2);
    }
}
