package org.quantvoice.torch.train;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.parameter_iterator;
import org.bytedeco.pytorch.parameter_list;
import org.quantvoice.audio.AudioCorpus;
import org.quantvoice.audio.AudioFiles;
import org.quantvoice.audio.Resampler;
import org.quantvoice.engine.Progress;
import org.quantvoice.engine.Vocabulary;
import org.quantvoice.error.CorpusException;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.internal.beam.Spelling;
import org.quantvoice.torch.archive.ScriptArchive;
import org.quantvoice.torch.script.Libtorch;
import org.quantvoice.torch.script.Libtorch.TorchFailure;
import org.quantvoice.torch.script.ModuleTree;
import org.quantvoice.torch.script.ScriptModule;
import org.quantvoice.torch.script.ScriptWriter;
import org.quantvoice.torch.script.ShortestInput;
import org.quantvoice.torch.script.TorchCall;

/**
 * Trains a CTC model for a few epochs with rounded weights, so that it keeps its accuracy when it is quantized (Jacob
 * et al. 2018). It writes a TorchScript file like the one that was read, whose weights lie on the levels of the chosen
 * number of bits: quantizing it afterwards to that width or more, by either engine, changes them little or not at all.
 *
 * <p>Training runs on the calling thread; libtorch's autograd may use more threads.
 */
public final class QuantizationAwareTraining {
    private final Path model;
    private final Vocabulary vocabulary;
    private final int sampleRate;
    private final QatOptions options;
    private final int threads;
    private final Progress progress;

    /**
     * @param model TorchScript in float, not frozen, so that its weights are parameters
     * @param sampleRate of the model's input in hertz, to which recordings are brought
     * @param threads of libtorch's operators
     */
    public QuantizationAwareTraining(
            Path model, Vocabulary vocabulary, int sampleRate, QatOptions options, int threads, Progress progress) {
        this.model = model;
        this.vocabulary = vocabulary;
        this.sampleRate = sampleRate;
        this.options = options;
        this.threads = threads;
        this.progress = progress;
    }

    /**
     * Trains the model and writes the result.
     *
     * @param corpus recordings with texts
     * @param stop is asked before each recording; true ends the training, and the best epoch so far is written
     * @param output the file to write, which is replaced atomically
     * @throws CorpusException if recordings lack texts, a text does not fit its recording, or a recording is too short for the
     *     model
     * @throws org.quantvoice.error.DecoderException if the vocabulary cannot spell a text
     */
    public QatResult run(AudioCorpus corpus, BooleanSupplier stop, Path output) {
        List<Utterance> utterances = utterances(corpus);
        ScriptArchive archive = ScriptArchive.check(model);
        if (archive.int8()) {
            throw new UnsupportedOperatorException(
                    model + ", which is quantized already",
                    "a float model",
                    "train the float model that it was made of");
        }
        Libtorch.load();
        try (ScriptModule trained = ScriptModule.load(model, Optional.empty());
                ScriptModule written = ScriptModule.load(model, Optional.empty());
                TorchCall call = new TorchCall(threads)) {
            requireLength(trained, utterances);
            return Libtorch.call(() -> {
                Trainer trainer = new Trainer(trained, options, utterances, vocabulary.blank(), stop, progress);
                QatResult result = trainer.train();
                copy(trainer, written);
                ScriptWriter.write(written.module(), Optional.empty(), output);
                return result;
            });
        } catch (TorchFailure e) {
            throw new UnsupportedOperatorException(
                    "a model that libtorch cannot train (" + e.getMessage() + ")",
                    "a model whose forward can be differentiated",
                    "name fewer modules",
                    e);
        }
    }

    private List<Utterance> utterances(AudioCorpus corpus) {
        if (!corpus.hasText()) {
            throw new CorpusException(
                    "a corpus without texts", "the words of each recording", "add a column 'text' to the tsv");
        }
        List<Utterance> all = new ArrayList<>();
        for (AudioCorpus.Item item : corpus.items()) {
            int[] tokens = Spelling.ofText(item.text(), vocabulary);
            if (tokens.length > 0) {
                all.add(new Utterance(item.id(), samples(item), tokens));
            }
        }
        if (all.size() < 2) {
            throw new CorpusException(
                    all.size() + " recordings with words", "at least 2", "add recordings with their texts");
        }
        return all;
    }

    private float[] samples(AudioCorpus.Item item) {
        return Resampler.resample(AudioFiles.read(item.file()), sampleRate).samples();
    }

    /**
     * Refuses recordings that are too short for the model. Without this check training would only report that libtorch
     * fails.
     */
    private void requireLength(ScriptModule module, List<Utterance> utterances) {
        Utterance shortest = utterances.stream()
                .min(Comparator.comparingInt(u -> u.samples().length))
                .orElseThrow();
        int length = shortest.samples().length;
        if (module.takes(length, threads)) {
            return;
        }
        int least = ShortestInput.find(length, samples -> module.takes(samples, threads));
        if (least > length) {
            throw new CorpusException(
                    "recording " + shortest.id() + " of " + length + " samples at " + sampleRate + " Hz",
                    "at least " + least + ", one frame of the model",
                    "leave it out");
        }
    }

    /** Puts the trained parameters into a module of the same file, rounded where training saw them rounded. */
    private static void copy(Trainer trainer, ScriptModule target) {
        parameter_list list = target.module().parameters();
        int at = 0;
        for (parameter_iterator it = list.begin(), end = list.end(); it.notEquals(end); it.increment()) {
            it.multiply().copy_(trainer.parameters().get(at++).detach());
        }
        ModuleTree tree = new ModuleTree(target.module());
        trainer.graph().weights().forEach((path, weight) -> {
            Tensor parameter = tree.module(path).attr("weight").toTensor();
            parameter.copy_(weight.rounded());
        });
    }
}
