package org.quantvoice.internal.huggingface;

import org.quantvoice.graph.Value;

/** A kind of model that transformers identifies by a {@code model_type}; an instance reads one folder. */
interface Family {

    /**
     * Returns the number of values in a frame of the model's input, or 0 if it takes the waveform {@code [batch,
     * samples]} itself.
     */
    int features();

    /** Returns the position of the model's frames on its input, which is samples or frames of features. */
    Frames frames();

    /** Returns the number of outputs that the configuration names: tokens, with the blank. */
    int vocabulary();

    /**
     * Writes the model up to its logits {@code [batch, frames, vocabulary]}, and reads all settings that it needs.
     *
     * @param input {@code [batch, samples]} or {@code [batch, frames, features]}
     * @param vocabulary number of outputs of the head
     */
    Value write(Modules modules, Value input, int vocabulary);

    /** Returns whether only training uses a parameter of that name. */
    boolean isForTraining(String parameter);
}
