package org.quantvoice.torch.train;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.BooleanSupplier;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Adam;
import org.bytedeco.pytorch.AdamOptions;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.OptimizerParamGroupVector;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.parameter_iterator;
import org.bytedeco.pytorch.parameter_list;
import org.quantvoice.engine.Progress;
import org.quantvoice.torch.script.ScriptModule;
import org.quantvoice.torch.script.TorchCall;
import org.quantvoice.torch.train.QatResult.End;
import org.quantvoice.torch.train.QatResult.Epoch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The epochs of one training, on one thread, within one {@link TorchCall}. */
public final class Trainer {
    private static final Logger LOG = LoggerFactory.getLogger(Trainer.class);
    /** Training ends if the loss grows to this many times that of the start. */
    private static final double DIVERGED = 4;
    /** A loss up to this value never ends training, however small the loss at the start was. */
    private static final double HARMLESS = 1;
    /** The norm to which longer gradients are cut. */
    private static final double NORM = 5;
    /** Number of steps between two searches for the weights' scales. */
    private static final int OBSERVE_EVERY = 10;

    private final TrainingGraph graph;
    private final QatOptions options;
    private final int blank;
    private final List<Tensor> parameters = new ArrayList<>();
    private final List<Utterance> training;
    private final List<Utterance> heldOut;
    private final BooleanSupplier stop;
    private final Progress progress;
    private final Adam optimizer;
    private int steps;

    public Trainer(
            ScriptModule module,
            QatOptions options,
            List<Utterance> utterances,
            int blank,
            BooleanSupplier stop,
            Progress progress) {
        this.options = options;
        this.blank = blank;
        this.stop = stop;
        this.progress = progress;
        parameter_list list = module.module().parameters();
        TensorVector vector = new TensorVector();
        for (parameter_iterator it = list.begin(), end = list.end(); it.notEquals(end); it.increment()) {
            Tensor parameter = new Tensor(it.multiply());
            parameter.set_requires_grad(true);
            parameters.add(parameter);
            vector.push_back(parameter);
        }
        this.graph = new TrainingGraph(module.module(), options);
        this.optimizer = new Adam(vector, new AdamOptions(options.rate()));
        List<Utterance> shuffled = new ArrayList<>(utterances);
        Collections.shuffle(shuffled, new Random(options.seed()));
        int kept = (int) Math.round(options.heldOut() * shuffled.size());
        this.heldOut = shuffled.subList(0, kept == 0 ? shuffled.size() : kept);
        this.training = new ArrayList<>(shuffled.subList(kept, shuffled.size()));
    }

    public TrainingGraph graph() {
        return graph;
    }

    List<Tensor> parameters() {
        return parameters;
    }

    /** Trains the model. Afterwards the parameters and scales are those of the best epoch. */
    public QatResult train() {
        observeWeights();
        List<Epoch> epochs = new ArrayList<>();
        Optional<Judgement> first = judge("judging the rounded model");
        if (first.isEmpty()) {
            return result(epochs, 0, End.INTERRUPTED);
        }
        Judgement rounded = first.get();
        double start = rounded.loss();
        epochs.add(epoch(0, Double.NaN, rounded));
        Snapshot best = new Snapshot(start);
        End end = Double.isFinite(start) ? End.DONE : End.DIVERGED;
        for (int next = 1; next <= options.epochs() && end == End.DONE; next++) {
            int number = next;
            double loss = epoch(number, Math.max(HARMLESS, start * DIVERGED));
            boolean stopped = Double.isNaN(loss);
            boolean diverged = !stopped && !(loss < Math.max(HARMLESS, start * DIVERGED));
            end = stopped ? End.INTERRUPTED : diverged ? End.DIVERGED : End.DONE;
            if (diverged) {
                LOG.warn(
                        "training diverges in epoch {}: loss {} after {}; the best epoch is kept", number, loss, start);
            } else if (!stopped) {
                Optional<Judgement> judged = judge("judging epoch " + number);
                judged.ifPresent(j -> {
                    epochs.add(epoch(number, loss, j));
                    if (j.clearlyBetterThan(rounded) && j.loss() < best.loss) {
                        best.take(number, j.loss());
                    }
                });
                end = judged.isPresent() ? end : End.INTERRUPTED;
            }
        }
        best.restore();
        return result(epochs, best.epoch, end);
    }

    private QatResult result(List<Epoch> epochs, int best, End end) {
        return new QatResult(epochs, best, end, graph.layers(), graph.ranges());
    }

    private static Epoch epoch(int number, double trainLoss, Judgement judged) {
        Epoch epoch = new Epoch(number, trainLoss, judged.loss(), judged.tokenErrorRate());
        LOG.info(
                "epoch {}: loss {} in training, {} held out, {} % of tokens wrong",
                number, trainLoss, epoch.heldOutLoss(), epoch.heldOutErrors());
        return epoch;
    }

    /**
     * Runs one epoch and returns the mean loss, infinity if the loss exceeds the limit, or NaN if the caller stopped
     * training.
     */
    private double epoch(int number, double limit) {
        Collections.shuffle(training, new Random(options.seed() + number));
        double sum = 0;
        for (int from = 0; from < training.size(); from += options.batch()) {
            List<Utterance> batch = training.subList(from, Math.min(training.size(), from + options.batch()));
            for (Utterance utterance : batch) {
                if (stop.getAsBoolean()) {
                    optimizer.zero_grad();
                    return Double.NaN;
                }
                progress.report(
                        "epoch " + number + " of " + options.epochs(),
                        from + batch.indexOf(utterance),
                        training.size());
                double loss = gradient(utterance, batch.size());
                sum += loss;
                if (!(loss < 10 * limit)) {
                    optimizer.zero_grad();
                    return Double.POSITIVE_INFINITY;
                }
            }
            if (!step()) {
                return Double.POSITIVE_INFINITY;
            }
        }
        progress.report("epoch " + number + " of " + options.epochs(), training.size(), training.size());
        return sum / training.size();
    }

    private double gradient(Utterance utterance, int batch) {
        try (PointerScope scope = new PointerScope()) {
            AutoGradMode gradients = new AutoGradMode(true);
            try {
                Tensor loss = utterance.loss(graph.run(utterance.samples()), blank);
                loss.div(new Scalar((double) batch)).backward();
                return loss.item_double();
            } finally {
                gradients.deallocate();
            }
        }
    }

    /** Changes the weights by one step of the optimizer; returns false if the gradient is not finite. */
    private boolean step() {
        try (PointerScope scope = new PointerScope()) {
            double norm = norm();
            if (!Double.isFinite(norm)) {
                optimizer.zero_grad();
                return false;
            }
            if (norm > NORM) {
                Scalar factor = new Scalar(NORM / norm);
                parameters.stream().map(Tensor::grad).filter(Tensor::defined).forEach(g -> g.mul_(factor));
            }
            double rate = options.rate() * (1 + Math.cos(Math.PI * Math.min(1.0, (double) steps / total()))) / 2;
            OptimizerParamGroupVector groups = optimizer.param_groups();
            for (long i = 0; i < groups.size(); i++) {
                groups.get(i).options().set_lr(rate);
            }
            optimizer.step();
            optimizer.zero_grad();
        }
        steps++;
        int freezeAfter = options.freezeAfter() > 0 ? options.freezeAfter() : Math.max(1, total() / 2);
        if (steps < freezeAfter && steps % OBSERVE_EVERY == 0) {
            observeWeights();
        }
        if (steps == freezeAfter) {
            observeWeights();
            graph.freeze();
        }
        return true;
    }

    /** Returns the number of steps in all epochs. */
    private int total() {
        return options.epochs() * Math.max(1, -Math.floorDiv(-training.size(), options.batch()));
    }

    private double norm() {
        double sum = 0;
        for (Tensor parameter : parameters) {
            Tensor gradient = parameter.grad();
            if (gradient.defined()) {
                double length = gradient.norm().item_double();
                sum += length * length;
            }
        }
        return Math.sqrt(sum);
    }

    private void observeWeights() {
        for (RoundedWeight weight : graph.weights().values()) {
            try (PointerScope scope = new PointerScope()) {
                weight.observe();
            }
        }
    }

    /** Runs the held-out recordings; returns empty if the caller stopped training. */
    private Optional<Judgement> judge(String step) {
        List<Judgement.Recording> judged = new ArrayList<>();
        for (Utterance utterance : heldOut) {
            if (stop.getAsBoolean()) {
                return Optional.empty();
            }
            progress.report(step, judged.size(), heldOut.size());
            try (PointerScope scope = new PointerScope()) {
                judged.add(Judgement.Recording.of(utterance, graph.run(utterance.samples()), blank));
            }
        }
        progress.report(step, heldOut.size(), heldOut.size());
        return Optional.of(new Judgement(judged));
    }

    /** A copy of the parameters, scales and ranges of an epoch. */
    private final class Snapshot {
        private int epoch;
        private double loss;
        private final List<Tensor> values = new ArrayList<>();

        Snapshot(double loss) {
            this.loss = loss;
            all().forEach(tensor -> values.add(tensor.detach().clone()));
        }

        void take(int number, double judged) {
            epoch = number;
            loss = judged;
            List<Tensor> all = all();
            for (int i = 0; i < all.size(); i++) {
                values.get(i).copy_(all.get(i).detach());
            }
        }

        private List<Tensor> all() {
            List<Tensor> all = new ArrayList<>(parameters);
            graph.weights().values().forEach(weight -> all.add(weight.scales()));
            graph.observed().forEach(input -> {
                all.add(input.low());
                all.add(input.high());
            });
            return all;
        }

        void restore() {
            List<Tensor> all = all();
            for (int i = 0; i < all.size(); i++) {
                all.get(i).detach().copy_(values.get(i));
            }
        }
    }
}
