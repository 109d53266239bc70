package org.quantvoice.internal.huggingface;

import org.quantvoice.graph.Value;

/** A kind of model that transformers knows by a {@code model_type}, read anew for each folder. */
interface Family {

    /** Values that the model takes a frame, or 0 if it takes the waveform {@code [batch, samples]} itself. */
    int features();

    /** How the model's frames lie on its input: on samples, or on frames of features. */
    Frames frames();

    /** Outputs that the configuration gives the model: tokens, with the blank. */
    int vocabulary();

    /**
     * Writes the model up to its logits {@code [batch, frames, vocabulary]}, and asks the settings for all that it needs.
     *
     * @param input {@code [batch, samples]} or {@code [batch, frames, features]}
     * @param vocabulary outputs of the head
     */
    Value write(Modules modules, Value input, int vocabulary);

    /** Whether only training uses a parameter of that name. */
    boolean isForTraining(String parameter);
}
