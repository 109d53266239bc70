package org.quantvoice.torch.script;

import java.util.Locale;
import java.util.Optional;
import org.bytedeco.pytorch.JitModule;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.torch.script.Libtorch.TorchFailure;

/** Translates failures of a run whose cause can be found into exceptions that name the cure. */
public final class FailureWords {
    private FailureWords() {}

    /** Returns the exception for a failure of {@code forward} that happens at every length of the input. */
    public static UnsupportedOperatorException of(TorchFailure failure, ScriptModule module) {
        String said = failure.getMessage();
        String lower = said.toLowerCase(Locale.ROOT);
        if (lower.contains("cuda") || lower.contains("mps") || lower.contains("xpu")) {
            return new UnsupportedOperatorException(
                    "a model that makes tensors on a GPU (" + said + ")",
                    "a model whose code names the CPU, or no device",
                    "run it on engine NATIVE, which has no devices; or export it after model.cpu(), with inputs on the CPU",
                    failure);
        }
        Optional<ScalarType> type = otherThanFloat(module.module());
        if (type.isPresent()) {
            return new UnsupportedOperatorException(
                    "a model with weights of type " + type.get() + " that takes no float32 audio (" + said + ")",
                    "a model of float32, or one that converts its input",
                    "run it on engine NATIVE, which computes in float32; or export it after model.float()",
                    failure);
        }
        return new UnsupportedOperatorException(
                "a failure of libtorch (" + said + ")",
                "a model that runs on mono audio [1, samples]",
                "check that forward takes a waveform",
                failure);
    }

    /** Returns the type of the first parameter that is not float32. */
    private static Optional<ScalarType> otherThanFloat(JitModule module) {
        try (TorchCall call = new TorchCall(1)) {
            var parameters = module.parameters();
            for (var each = parameters.begin(); each.notEquals(parameters.end()); each.increment()) {
                ScalarType type = each.access().scalar_type().intern();
                if (type == ScalarType.Half || type == ScalarType.BFloat16 || type == ScalarType.Double) {
                    return Optional.of(type);
                }
            }
            return Optional.empty();
        }
    }
}
