package org.quantvoice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.quantvoice.engine.ModuleInfo;
import org.quantvoice.error.QuantizationException;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.internal.recipe.QuantRecipe;
import org.quantvoice.quant.ActivationObserver;

class RecipeAdviceTest {
    private static final ModuleInfo CONV = layer("conv", "static");
    private static final ModuleInfo LINEAR = layer("linear", "static", "dynamic");
    private static final ModuleInfo NORM = layer("norm");

    private static ModuleInfo layer(String path, String... methods) {
        return new ModuleInfo(path, path, List.of(2L, 2L), 4, 16, List.of(methods));
    }

    private static QuantRecipe advise(boolean audio, ModuleInfo... modules) {
        return RecipeAdvice.of(List.of(modules), audio, ActivationObserver.HISTOGRAM, true, false);
    }

    @Test
    void withoutAudioEverythingThatCanIsDynamic() {
        QuantRecipe recipe = advise(false, CONV, NORM, LINEAR);
        assertThat(recipe.staticModules()).isEmpty();
        assertThat(recipe.dynamicModules()).containsExactly("linear");
    }

    @Test
    void withAudioConvolutionsAreStatic() {
        QuantRecipe recipe = advise(true, CONV, NORM, LINEAR);
        assertThat(recipe.staticModules()).containsExactly("conv");
        assertThat(recipe.dynamicModules()).containsExactly("linear");
    }

    @Test
    void whoeverMovesScalesWantsStaticLayers() {
        QuantRecipe recipe = RecipeAdvice.of(
                List.of(CONV, NORM, LINEAR, layer("lstm", "dynamic")), true, ActivationObserver.HISTOGRAM, true, true);
        assertThat(recipe.staticModules()).containsExactly("conv", "linear");
        assertThat(recipe.dynamicModules()).containsExactly("lstm");
    }

    /** An LSTM has weights for each layer and direction, and none of the name that others have. */
    @Test
    void layersWithoutOneWeightAreTakenAndNotWhatHoldsThem() {
        ModuleInfo model = new ModuleInfo("", "Model", List.of(), 8, 32, List.of("static", "dynamic", "float16"));
        ModuleInfo stack = new ModuleInfo("stack", "Stack", List.of(), 8, 32, List.of("dynamic", "float16"));
        ModuleInfo lstm = new ModuleInfo("stack.lstm", "LSTM", List.of(), 8, 32, List.of("dynamic", "float16"));
        ModuleInfo unused = new ModuleInfo("unused", "Linear", List.of(2L, 2L), 4, 16, List.of());
        ModuleInfo alike = layer("stacked", "static", "dynamic");
        assertThat(advise(false, model, stack, lstm, unused, alike).dynamicModules())
                .containsExactly("stack.lstm", "stacked");
        assertThat(advise(true, model, stack, lstm, unused, CONV).staticModules())
                .containsExactly("conv");
    }

    @Test
    void aModelOfConvolutionsNeedsAudio() {
        assertThatThrownBy(() -> advise(false, CONV)).isInstanceOf(QuantizationException.class);
        assertThat(advise(true, CONV).staticModules()).containsExactly("conv");
    }

    @Test
    void aModelWithoutLayersIsRefused() {
        assertThatThrownBy(() -> advise(true, NORM)).isInstanceOf(UnsupportedOperatorException.class);
    }
}
