package org.quantvoice.engine;

import java.nio.file.Path;
import java.util.Optional;
import org.quantvoice.quant.QuantReport;

/**
 * A loaded CTC model. Safe for use by several threads at once; {@link #close()} waits for runs that are under way, later
 * calls of other methods throw {@link IllegalStateException}, and closing again does nothing.
 */
public interface AcousticModel extends AutoCloseable {

    /**
     * Runs the model on one utterance.
     *
     * @param samples mono at the model's rate, in [-1, 1]
     * @return natural log-probs {@code [frames, vocabulary]}
     * @throws org.quantvoice.error.AudioFormatException if the utterance is shorter than the model's window
     */
    LogProbs run(float[] samples);

    ModelInfo info();

    /** Returns the report of quantization, if this model was quantized when it was opened. */
    Optional<QuantReport> report();

    /**
     * Writes the model in the engine's own format (TorchScript {@code .pt} or {@code .qv}), atomically.
     *
     * @throws org.quantvoice.error.OutputException if that fails; an old file at the path stays unchanged
     */
    void save(Path target);

    @Override
    void close();
}
