package org.quantvoice.internal.huggingface.folder;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ElementTypeTest {
    @Test
    void halvesReadAsTheirNumbers() {
        assertThat(ElementType.half((short) 0x3C00)).isEqualTo(1f);
        assertThat(ElementType.half((short) 0xC000)).isEqualTo(-2f);
        assertThat(ElementType.half((short) 0x0001)).isEqualTo(0x1p-24f);
        assertThat(ElementType.half((short) 0x7BFF)).isEqualTo(65504f);
        assertThat(ElementType.half((short) 0x3555)).isEqualTo(0.333251953125f);
        assertThat(ElementType.half((short) 0xFC00)).isEqualTo(Float.NEGATIVE_INFINITY);
        assertThat(ElementType.half((short) 0x7E00)).isNaN();
    }
}
