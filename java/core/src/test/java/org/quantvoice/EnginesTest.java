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
import org.quantvoice.engine.Backend;
import org.quantvoice.engine.Engine;
import org.quantvoice.engine.ModuleInfo;
import org.quantvoice.engine.Progress;
import org.quantvoice.engine.spi.EngineProvider;
import org.quantvoice.engine.spi.EngineRequest;
import org.quantvoice.error.EngineException;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.internal.engine.ModelRequest;
import org.quantvoice.internal.recipe.SizeBudget;
import org.quantvoice.internal.recipe.Tuning;
import org.quantvoice.quant.ScaleObjective;
import org.quantvoice.quant.Sensitivity;
import org.quantvoice.quant.WeightScheme;
import org.quantvoice.source.OpenModel;

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

    private static AcousticModel open(
            Engines engines, ModelRequest request, Optional<Engine> wanted, boolean fallback) {
        try (OpenModel opened = OpenModel.of(request.model())) {
            return engines.open(request, opened, wanted, fallback);
        }
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
        try (AcousticModel opened = open(engines, request(), Optional.of(Engine.NATIVE), true)) {
            assertThat(opened.info().engine()).isEqualTo(Engine.LIBTORCH);
        }
    }

    @Test
    void thereIsNoFallbackIfNoneIsWantedOrThere() {
        assertThatThrownBy(() -> open(new Engines(List.of(torch, ignorant)), request(), Optional.empty(), false))
                .isInstanceOf(UnsupportedOperatorException.class)
                .hasMessageContaining("encoder.mel");
        assertThatThrownBy(() -> open(new Engines(List.of(ignorant)), request(), Optional.empty(), true))
                .isInstanceOf(UnsupportedOperatorException.class);
    }

    /** The other engine would only say that it knows no budgets. */
    @Test
    void thereIsNoFallbackWithABudget() {
        Tuning tuning =
                new Tuning(new SizeBudget(1_000_000), Sensitivity.MEDIAN, ScaleObjective.MSE, WeightScheme.LINEAR);
        ModelRequest request = new ModelRequest(
                model,
                Optional.empty(),
                List.of(),
                Optional.empty(),
                1,
                Progress.none(),
                Optional.empty(),
                Optional.of(tuning),
                true,
                false,
                Optional.empty());
        assertThatThrownBy(() -> open(new Engines(List.of(torch, ignorant)), request, Optional.empty(), true))
                .isInstanceOf(UnsupportedOperatorException.class)
                .hasMessageContaining("encoder.mel");
    }

    /** An engine as others make it, by the public interface alone. */
    private static final class Foreign implements EngineProvider {
        private final SpellingEngine inside = new SpellingEngine(Engine.named("theirs"));
        private final int rank;

        Foreign(int rank) {
            this.rank = rank;
        }

        @Override
        public Engine engine() {
            return inside.engine();
        }

        @Override
        public int rank() {
            return rank;
        }

        @Override
        public boolean reads(Path model) {
            return inside.reads(model);
        }

        @Override
        public AcousticModel open(EngineRequest request) {
            return inside.open(request);
        }

        @Override
        public List<ModuleInfo> modules(Path model) {
            return inside.modules(model);
        }
    }

    @Test
    void enginesOfOthersAreChosenByNameAndByRank() {
        Foreign last = new Foreign(200);
        assertThat(new Engines(List.of(last, torch)).choose(model, Optional.empty()))
                .isSameAs(torch);
        assertThat(new Engines(List.of(last, torch)).choose(model, Optional.of(Engine.named("Theirs"))))
                .isSameAs(last);
        Foreign first = new Foreign(-1);
        assertThat(new Engines(List.of(torch, first)).choose(model, Optional.empty()))
                .isSameAs(first);
        try (AcousticModel opened = open(new Engines(List.of(ignorant, last)), request(), Optional.empty(), true)) {
            assertThat(opened.info().engine()).isEqualTo(Engine.named("THEIRS"));
        }
    }

    @Test
    void enginesOfOthersAreNotAskedForWhatTheyCannotBeTold() {
        ModelRequest asked =
                new ModelRequest(model, Optional.empty(), List.of(), Optional.of(Backend.FBGEMM), 1, Progress.none());
        assertThatThrownBy(() -> open(new Engines(List.of(new Foreign(1))), asked, Optional.empty(), true))
                .isInstanceOf(UnsupportedOperatorException.class)
                .hasMessageContaining("backend FBGEMM")
                .hasMessageContaining("THEIRS");
    }

    @Test
    void namesOfEnginesAreNames() {
        assertThat(Engine.named(" libtorch ")).isSameAs(Engine.LIBTORCH);
        for (String name : List.of("", "1", "a b", "x".repeat(65))) {
            assertThatThrownBy(() -> Engine.named(name)).as(name).isInstanceOf(EngineException.class);
        }
    }

    @Test
    void withoutEnginesNothingOpens() {
        assertThatThrownBy(() -> open(new Engines(List.of()), request(), Optional.empty(), true))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("there is none");
    }
}
