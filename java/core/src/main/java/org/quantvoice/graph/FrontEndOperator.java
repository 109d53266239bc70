package org.quantvoice.graph;

import static org.quantvoice.graph.ShapeInference.require;

import java.util.List;
import java.util.Optional;
import org.quantvoice.internal.features.FrontEnd;

/** The operator {@link Op#FRONT_END}: its attributes, its shape, and its place in a graph. */
public final class FrontEndOperator {
    private FrontEndOperator() {}

    /** Returns the attributes that describe settings. */
    public static Attributes attributes(FrontEnd settings) {
        return Attributes.of(
                "kind",
                settings.kind().toString(),
                "sampleRate",
                settings.sampleRate(),
                "bins",
                settings.bins(),
                "window",
                settings.window(),
                "hop",
                settings.hop(),
                "fft",
                settings.fft(),
                "preEmphasis",
                settings.preEmphasis(),
                "normalized",
                settings.normalized(),
                "stack",
                settings.stack());
    }

    /** Returns the settings that attributes describe. */
    public static FrontEnd settings(Attributes attributes) {
        return new FrontEnd(
                FrontEnd.Kind.of(attributes.text("kind")),
                attributes.integer("sampleRate"),
                attributes.integer("bins"),
                attributes.integer("window"),
                attributes.integer("hop"),
                attributes.integer("fft"),
                attributes.number("preEmphasis"),
                attributes.flag("normalized"),
                attributes.integer("stack"));
    }

    /**
     * Returns the front end of a graph: the operator that is the only user of the graph's only input; empty if there
     * is none.
     */
    public static Optional<Node> find(Graph graph) {
        if (graph.inputs().size() != 1) {
            return Optional.empty();
        }
        Value input = graph.inputs().get(0);
        List<Node> users =
                graph.nodes().stream().filter(n -> n.inputs().contains(input)).toList();
        boolean alone = users.size() == 1
                && users.get(0).op() == Op.FRONT_END
                && !graph.outputs().contains(input);
        return alone ? Optional.of(users.get(0)) : Optional.empty();
    }

    /** Returns the settings of an operator that {@link #find} found. */
    public static FrontEnd settings(Node node) {
        return settings(node.attributes());
    }

    static TensorType infer(List<Value> in, Attributes attributes) {
        require(in.size() == 1 && in.get(0).shape().rank() == 2, "one operand [batch, samples]");
        require(in.get(0).type() == DType.FLOAT, "samples as floats");
        FrontEnd settings = settings(attributes);
        Dim samples = in.get(0).shape().dim(1);
        boolean centred = settings.kind() == FrontEnd.Kind.NEMO || settings.kind() == FrontEnd.Kind.WHISPER;
        Dim frames = centred
                ? samples.floorDiv(settings.hop())
                : samples.plus(-settings.window()).floorDiv(settings.hop()).plus(1);
        Dim stacked = frames.floorDiv(settings.stack());
        return new TensorType(DType.FLOAT, Shape.of(in.get(0).shape().dim(0), stacked, Dim.of(settings.size())));
    }
}
