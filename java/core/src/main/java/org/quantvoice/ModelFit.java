package org.quantvoice;

import java.nio.file.Path;
import java.util.Locale;
import org.quantvoice.engine.Engine;
import org.quantvoice.engine.Vocabulary;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.error.OutputException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Checks whether a model and its token list belong together, as far as results show it. */
final class ModelFit {
    /**
     * Fewest frames with which hops are compared: in shorter audio the ends weigh too much, because a window is some
     * frames wide.
     */
    private static final int LEAST_FRAMES_TO_COMPARE = 50;

    private static final double HOP_TOLERANCE = 0.15;

    private static final Logger LOG = LoggerFactory.getLogger(ModelFit.class);

    private final ModelCard card;
    private volatile boolean hopWarned;

    ModelFit(ModelCard card) {
        this.card = card;
    }

    /** Warns if the token list's frames are not the model's, because all times would then be wrong. */
    void checkHop(int samples, int frames) {
        double off = (double) frames * card.frameHop() / samples;
        if (frames >= LEAST_FRAMES_TO_COMPARE && (off < 1 - HOP_TOLERANCE || off > 1 + HOP_TOLERANCE) && !hopWarned) {
            hopWarned = true;
            LOG.warn(
                    "the token list says that a frame is {} samples, but the model gave {} frames for {} samples, one"
                            + " each {}: the times of words are wrong; correct frame_hop",
                    card.frameHop(),
                    frames,
                    samples,
                    Math.round((double) samples / frames));
        }
    }

    static void checkVocabulary(int outputs, Vocabulary vocabulary) {
        if (outputs != vocabulary.size()) {
            throw new ModelFormatException(
                    "a model with " + outputs + " outputs a frame for " + vocabulary.size() + " tokens",
                    "as many tokens as outputs",
                    "pass the token list that belongs to the model");
        }
    }

    /** A name says what a file holds. */
    static void requireQv(Path target) {
        if (!target.toString().toLowerCase(Locale.ROOT).endsWith(".qv")) {
            throw new OutputException(target + " for a .qv file", "a name that ends in .qv", "name it so");
        }
    }

    /**
     * Refuses a name whose suffix is not that of the engine's format; the engine may be libtorch as a fallback of the
     * native engine.
     */
    static void requireName(Path target, Engine engine) {
        boolean own = engine.equals(Engine.NATIVE);
        if (!own && !engine.equals(Engine.LIBTORCH)) {
            return; // an engine of others knows its format
        }
        String suffix = own ? ".qv" : ".pt";
        if (!target.toString().toLowerCase(Locale.ROOT).endsWith(suffix)) {
            throw new OutputException(
                    target + " for a model on engine " + engine + ", which writes "
                            + (own ? ".qv files" : "TorchScript"),
                    "a name that ends in " + suffix,
                    own
                            ? "name it so; for TorchScript choose engine LIBTORCH, or export().torchScript"
                            : "name it so; for .qv choose engine NATIVE without fallback: it says what it lacks");
        }
    }
}
