package org.quantvoice.internal.onnx;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.FrontEndOperator;
import org.quantvoice.graph.GraphBuilder;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Shape;
import org.quantvoice.graph.Value;
import org.quantvoice.internal.features.FrontEnd;
import org.quantvoice.internal.onnx.operators.Evaluator;
import org.quantvoice.internal.onnx.read.ElementType;
import org.quantvoice.internal.onnx.read.OnnxInput;
import org.quantvoice.internal.onnx.read.OnnxModel;
import org.quantvoice.internal.onnx.values.Operand;
import org.quantvoice.source.FrontEndChoice;

/**
 * Finds the meaning of a model's inputs for a recogniser: a waveform or its features, and inputs that say how much of
 * it is valid (a length, a mask).
 */
final class ModelInputs {
    private static final String SAMPLES = "T";
    private static final long MOST_BINS = 512;
    /** Number added to the variance of an utterance, as transformers does. */
    private static final double VARIANCE_FLOOR = 1e-7;

    /** Layouts of the first input. */
    private enum Form {
        /** The input is {@code [samples]}. */
        PLAIN,
        /** The input is {@code [batch, samples]}. */
        ROWS,
        /** The input is {@code [batch, 1, samples]}. */
        CHANNEL,
        /** The input is {@code [batch, samples, 1]}. */
        COLUMN,
        /** The input is {@code [batch, frames, bins]}. */
        FRAMES,
        /** The input is {@code [batch, bins, frames]}. */
        BINS
    }

    private final OnnxModel model;
    private final OnnxInput first;
    private final Form form;
    private final List<OnnxInput> others;
    private final Optional<FrontEnd> frontEnd;
    private final boolean normalized;

    private ModelInputs(OnnxModel model, OnnxInput first, List<OnnxInput> others, Optional<FrontEndChoice> choice) {
        this.model = model;
        this.first = first;
        this.others = others;
        this.form = form();
        boolean features = form == Form.FRAMES || form == Form.BINS;
        this.frontEnd = features ? Optional.of(MetadataFrontEnd.of(model, first, bins(), choice)) : Optional.empty();
        choice.filter(c -> !features && !c.ofSamples()).ifPresent(c -> {
            throw new ModelFormatException(
                    "the front end '" + c + "' for " + model.file() + ", whose input " + first.name() + " are samples",
                    "none or normalize",
                    "leave the front end out if the model has it in it");
        });
        this.normalized = choice.filter(FrontEndChoice::ofNormalizedSamples).isPresent();
    }

    static ModelInputs of(OnnxModel model, Optional<FrontEndChoice> choice) {
        List<OnnxInput> inputs = model.graph().inputs().stream()
                .filter(i -> !model.graph().initializers().containsKey(i.name()))
                .toList();
        OnnxInput first = inputs.stream()
                .filter(i -> i.type().map(t -> t.read() == DType.FLOAT).orElse(false))
                .findFirst()
                .orElseThrow(() -> refused(model, "without an input of floats: " + inputs));
        return new ModelInputs(
                model, first, inputs.stream().filter(i -> i != first).toList(), choice);
    }

    private static UnsupportedOperatorException refused(OnnxModel model, String what) {
        return new UnsupportedOperatorException(
                model.file() + ", an ONNX model " + what,
                "an acoustic model of whole utterances: samples [batch, samples] (or features of a known front end), with a length or"
                        + " a mask behind them at most, to log-probabilities [batch, frames, vocabulary]",
                "export the whole CTC model (not a decoder, a streaming part or a model of another kind)");
    }

    private Form form() {
        List<Long> sizes = first.sizes().orElse(List.of(OnnxInput.FREE, OnnxInput.FREE));
        boolean whole = sizes.stream().allMatch(s -> s == OnnxInput.FREE || s > 0);
        if (whole && sizes.size() == 1) {
            return Form.PLAIN;
        }
        if (whole && sizes.size() == 2) {
            return Form.ROWS;
        }
        if (whole && sizes.size() == 3) {
            long middle = sizes.get(1);
            long last = sizes.get(2);
            if (middle == 1 || last == 1) {
                return middle == 1 ? Form.CHANNEL : Form.COLUMN;
            }
            boolean bins = last != OnnxInput.FREE && last <= MOST_BINS;
            if (bins || middle != OnnxInput.FREE && middle <= MOST_BINS) {
                return bins ? Form.FRAMES : Form.BINS;
            }
        }
        throw refused(model, "with the input " + first.name() + " " + sizes);
    }

    private int bins() {
        List<Long> sizes = first.sizes().orElseThrow();
        return Math.toIntExact(sizes.get(form == Form.FRAMES ? 2 : 1));
    }

    /** Returns the front end that the graph begins with, if the model takes features. */
    Optional<FrontEnd> frontEnd() {
        return frontEnd;
    }

    /** Adds the graph's inputs for a batch, and returns the operands of the model's inputs. */
    Map<String, Operand> operands(Evaluator evaluator, Dim batch) {
        Dim rows = fixed(0).filter(size -> form != Form.PLAIN).orElse(form == Form.PLAIN ? Dim.ONE : batch);
        if (rows.isConstant() && !rows.is(1)) {
            throw refused(model, "for " + rows + " recordings at once");
        }
        GraphBuilder builder = evaluator.builder();
        Dim samples = frontEnd.isPresent() ? Dim.symbol(SAMPLES) : length();
        Value waveform = builder.input("wavs", DType.FLOAT, Shape.of(rows, samples));
        Value input = arranged(builder, normalized ? normalized(builder, waveform) : waveform, rows, samples);
        Map<String, Operand> operands = new LinkedHashMap<>();
        operands.put(first.name(), new Operand.Live(ElementType.FLOAT, input));
        Dim time = frontEnd.isPresent() ? input.shape().dim(form == Form.FRAMES ? 1 : 2) : samples;
        others.forEach(other -> operands.put(other.name(), whole(other, builder, rows, time)));
        return operands;
    }

    private Optional<Dim> fixed(int axis) {
        return first.sizes()
                .map(sizes -> sizes.get(axis))
                .filter(size -> size != OnnxInput.FREE)
                .map(Dim::of);
    }

    private Dim length() {
        int axis = form == Form.PLAIN ? 0 : form == Form.CHANNEL ? 2 : 1;
        return fixed(axis).orElse(Dim.symbol(SAMPLES));
    }

    private Value arranged(GraphBuilder builder, Value waveform, Dim rows, Dim samples) {
        return switch (form) {
            case ROWS -> waveform;
            case PLAIN -> reshape(builder, waveform, samples);
            case CHANNEL -> reshape(builder, waveform, rows, Dim.ONE, samples);
            case COLUMN -> reshape(builder, waveform, rows, samples, Dim.ONE);
            case FRAMES, BINS -> features(builder, waveform);
        };
    }

    /** Returns the waveform with zero mean and unit variance over the utterance. */
    private static Value normalized(GraphBuilder builder, Value waveform) {
        return builder.add(Op.LAYER_NORM, "normalize", Attributes.of("axes", 1, "eps", VARIANCE_FLOOR), waveform);
    }

    private static Value reshape(GraphBuilder builder, Value x, Dim... shape) {
        return builder.add(Op.RESHAPE, "", Attributes.of("shape", List.of(shape)), x);
    }

    private Value features(GraphBuilder builder, Value waveform) {
        Attributes settings = FrontEndOperator.attributes(frontEnd.orElseThrow());
        Value frames = builder.add(Op.FRONT_END, "features", settings, waveform);
        return form == Form.FRAMES
                ? frames
                : builder.add(Op.TRANSPOSE, "features", Attributes.of("order", new int[] {0, 2, 1}), frames);
    }

    /**
     * Returns the operand for a length or a mask that marks everything as valid, because recordings have their full
     * length.
     */
    private Operand whole(OnnxInput input, GraphBuilder builder, Dim rows, Dim time) {
        List<Long> sizes = input.sizes().orElse(List.of(OnnxInput.FREE));
        ElementType type = input.type().orElse(ElementType.INT64);
        if (sizes.size() <= 1 && sizes.stream().allMatch(s -> s == OnnxInput.FREE || s == 1)) {
            Dim count = type.read() == DType.INT ? time : Dim.ONE;
            boolean single = sizes.isEmpty() || rows.is(1);
            List<Long> shape = sizes.isEmpty() ? List.of() : List.of(1L);
            return single ? Operand.sizes(type, shape, List.of(count)) : filled(builder, type, List.of(rows), count);
        }
        if (sizes.size() == 2) {
            return filled(builder, type, List.of(rows, time), Dim.ONE);
        }
        throw refused(model, "with the input " + input.name() + " " + sizes + " beside " + first.name());
    }

    private static Operand filled(GraphBuilder builder, ElementType type, List<Dim> shape, Dim value) {
        Object kept = type.read() == DType.FLOAT ? (Object) (double) value.constant() : value;
        Attributes attributes =
                Attributes.of("shape", shape, "value", kept, "type", type.read().toString());
        return new Operand.Live(type, builder.add(Op.FILL, "", attributes));
    }
}
