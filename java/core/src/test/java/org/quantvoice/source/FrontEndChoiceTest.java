package org.quantvoice.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.internal.features.FrontEnd;
import org.quantvoice.internal.features.FrontEnd.Kind;

class FrontEndChoiceTest {

    @Test
    void aNameAloneIsWhatItsProgramDoes() {
        assertThat(FrontEndChoice.parse("nemo").features(80))
                .isEqualTo(new FrontEnd(Kind.NEMO, 16_000, 80, 400, 160, 512, 0.97, true, 1));
        assertThat(FrontEndChoice.parse("KALDI").features(40))
                .isEqualTo(new FrontEnd(Kind.KALDI, 16_000, 40, 400, 160, 512, 0.97, false, 1));
        assertThat(FrontEndChoice.parse("lasr").features(128))
                .isEqualTo(new FrontEnd(Kind.LASR, 16_000, 128, 400, 160, 512, 0, false, 1));
        assertThat(FrontEndChoice.parse("none").ofSamples()).isTrue();
        assertThat(FrontEndChoice.parse("none").ofNormalizedSamples()).isFalse();
        assertThat(FrontEndChoice.parse("normalize: rate=8000").sampleRate()).isEqualTo(8_000);
        assertThat(FrontEndChoice.parse("normalize").ofNormalizedSamples()).isTrue();
    }

    @Test
    void settingsStandForThemselves() {
        FrontEndChoice all = FrontEndChoice.parse(
                "nemo:rate=8000,bins=64,window=160,hop=80,fft=512,pre-emphasis=0.5,normalize=false,stack=2");
        assertThat(all.features(128)).isEqualTo(new FrontEnd(Kind.NEMO, 8_000, 64, 160, 80, 512, 0.5, false, 2));
        assertThat(all.sampleRate()).isEqualTo(8_000);
        assertThat(FrontEndChoice.parse("kaldi:stack=2,normalize=true").features(160))
                .isEqualTo(new FrontEnd(Kind.KALDI, 16_000, 80, 400, 160, 512, 0.97, true, 2));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "wisper; none, normalize, kaldi, nemo, lasr or whisper",
                "''; none, normalize, kaldi, nemo, lasr or whisper",
                "kaldi:; key=value",
                "kaldi:bins; key=value",
                "kaldi:bands=80; key=value",
                "none:bins=80; key=value",
                "kaldi:bins=80,bins=80; twice",
                "kaldi:bins=0; 1 to 512",
                "kaldi:bins=eighty; a whole number",
                "kaldi:bins=99999999999; a whole number",
                "kaldi:hop=100; 25 ms every 10 ms",
                "nemo:fft=500; a power of two",
                "nemo:hop=300; 1 to 512 bins",
                "nemo:normalize=yes; true or false",
                "nemo:pre-emphasis=NaN; pre-emphasis NaN",
                "nemo:pre-emphasis=much; a number from 0 to 1",
                "none:rate=7; 1000 to 768000",
            })
    void whatIsNotKnownIsRefused(String text, String message) {
        assertThatThrownBy(() -> FrontEndChoice.parse(text))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining(message);
    }

    @Test
    void binsMustFitTheModel() {
        assertThatThrownBy(() -> FrontEndChoice.parse("kaldi:bins=40").features(80))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("40 values a frame; expected 80");
        assertThatThrownBy(() -> FrontEndChoice.parse("kaldi:stack=3").features(80))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("78 values a frame; expected 80");
        assertThatThrownBy(() -> FrontEndChoice.parse("none").features(80))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("expected kaldi, nemo, lasr or whisper");
    }

    @Test
    void whatAFileSaysMustBeTheSame() {
        FrontEnd own = new FrontEnd(Kind.NEMO, 16_000, 80, 400, 160, 512, 0.97, true, 1);
        FrontEndChoice.parse("nemo:bins=80").requireSame("the file", false, 16_000, Optional.of(own));
        FrontEndChoice.parse("normalize").requireSame("the file", true, 16_000, Optional.empty());
        for (String other : new String[] {"nemo:normalize=false", "kaldi", "none", "nemo:fft=1024"}) {
            assertThatThrownBy(
                            () -> FrontEndChoice.parse(other).requireSame("the file", false, 16_000, Optional.of(own)))
                    .as(other)
                    .isInstanceOf(ModelFormatException.class)
                    .hasMessageContaining("which names its own")
                    .hasMessageContaining("kind=nemo");
        }
        for (String other : new String[] {"normalize", "none:rate=8000", "nemo"}) {
            assertThatThrownBy(
                            () -> FrontEndChoice.parse(other).requireSame("the file", false, 16_000, Optional.empty()))
                    .as(other)
                    .isInstanceOf(ModelFormatException.class)
                    .hasMessageContaining("plain samples at 16000 Hz");
        }
    }
}
