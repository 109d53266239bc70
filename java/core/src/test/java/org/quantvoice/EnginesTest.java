package org.quantvoice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quantvoice.engine.AcousticModel;
import org.quantvoice.engine.Engine;
import org.quantvoice.engine.ModelRequest;
import org.quantvoice.engine.Progress;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.quant.DataSize;
import org.quantvoice.quant.ScaleObjective;
import org.quantvoice.quant.Sensitivity;
import org.quantvoice.quant.Tuning;
import org.quantvoice.quant.WeightScheme;

class EnginesTest {
    @TempDir
    Path dir;

    private Path model;
    private final SpellingEngine torch = new SpellingEngine(Engine.LIBTORCH);
    private final SpellingEngine ignorant = new SpellingEngine(Engine.NATIVE) {
        @Override
        public AcousticModel open(ModelRequest request) {
            throw new UnsupportedOperatorException("aten::fft at encoder.mel", "a known operator", "use LIBTORCH");
        }
    };

    @BeforeEach
    void writeModel() throws IOException {
        model = SpellingEngine.model(dir);
    }

    private ModelRequest request() {
        return new ModelRequest(model, Optional.empty(), List.of(), Optional.empty(), 1, Progress.none());
    }

    @Test
    void theNativeEngineGoesBefore() {
        SpellingEngine own = new SpellingEngine(Engine.NATIVE);
        Engines engines = new Engines(List.of(torch, own));
        assertThat(engines.choose(model, Optional.empty())).isSameAs(own);
        assertThat(engines.choose(model, Optional.of(Engine.LIBTORCH))).isSameAs(torch);
    }

    @Test
    void libtorchRunsWhatTheNativeEngineDoesNotKnow() {
        Engines engines = new Engines(List.of(torch, ignorant));
        try (AcousticModel opened = engines.open(request(), Optional.of(Engine.NATIVE), true)) {
            assertThat(opened.info().engine()).isEqualTo(Engine.LIBTORCH);
        }
    }

    @Test
    void thereIsNoFallbackIfNoneIsWantedOrThere() {
        assertThatThrownBy(() -> new Engines(List.of(torch, ignorant)).open(request(), Optional.empty(), false))
                .isInstanceOf(UnsupportedOperatorException.class)
                .hasMessageContaining("encoder.mel");
        assertThatThrownBy(() -> new Engines(List.of(ignorant)).open(request(), Optional.empty(), true))
                .isInstanceOf(UnsupportedOperatorException.class);
    }

    /** The other engine would only say that it knows no budgets. */
    @Test
    void thereIsNoFallbackWithABudget() {
        Tuning tuning =
                new Tuning(new DataSize(1_000_000), Sensitivity.MEDIAN, ScaleObjective.MSE, WeightScheme.LINEAR);
        ModelRequest request = new ModelRequest(
                model,
                Optional.empty(),
                List.of(),
                Optional.empty(),
                1,
                Progress.none(),
                Optional.empty(),
                Optional.of(tuning));
        assertThatThrownBy(() -> new Engines(List.of(torch, ignorant)).open(request, Optional.empty(), true))
                .isInstanceOf(UnsupportedOperatorException.class)
                .hasMessageContaining("encoder.mel");
    }

    @Test
    void withoutEnginesNothingOpens() {
        assertThatThrownBy(() -> new Engines(List.of()).open(request(), Optional.empty(), true))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("there is none");
    }
}
