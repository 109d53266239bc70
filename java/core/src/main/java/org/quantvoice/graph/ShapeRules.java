package org.quantvoice.graph;

import static org.quantvoice.graph.ShapeInference.axis;
import static org.quantvoice.graph.ShapeInference.broadcast;
import static org.quantvoice.graph.ShapeInference.require;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Infers the types and shapes of one node's outputs; the rules of products, convolutions and recurrences are in
 * {@link ContractionRules}.
 */
final class ShapeRules {

    private final Op op;
    private final List<Value> in;
    private final Attributes attributes;

    ShapeRules(Op op, List<Value> in, Attributes attributes) {
        this.op = op;
        this.in = in;
        this.attributes = attributes;
    }

    List<TensorType> infer() {
        if (Recurrence.is(op)) {
            return new ContractionRules(in, attributes).recurrent(Recurrence.gates(op));
        }
        if (op.isUnary()) {
            return List.of(unary());
        }
        return List.of(op.isBinary() ? binary() : single());
    }

    private TensorType single() {
        ContractionRules contraction = new ContractionRules(in, attributes);
        return switch (op) {
            case LINEAR -> contraction.linear();
            case MATMUL -> contraction.matmul();
            case CONV1D -> contraction.convolution(1);
            case CONV2D -> contraction.convolution(2);
            case LAYER_NORM -> contraction.layerNorm();
            case GROUP_NORM -> contraction.channelNorm(1, attributes.integer("groups"));
            case BATCH_NORM -> contraction.channelNorm(3, 1);
            case ATTENTION -> contraction.attention();
            case FRONT_END -> FrontEndOperator.infer(in, attributes);
            case GLU -> glu();
            case SOFTMAX, LOG_SOFTMAX -> alongAxis(DType.FLOAT);
            case CUMSUM -> alongAxis(x().type() == DType.BOOL ? DType.INT : x().type());
            case MEAN, VAR, SUM, REDUCE_MAX -> reduce();
            case MASKED_FILL -> maskedFill();
            case WHERE -> where();
            case EMBEDDING -> embedding();
            case INDEX_SELECT -> indexSelect();
            case CAST -> new TensorType(attributes.type("type"), operands(1).shape());
            case TRIANGLE -> triangle();
            default -> new LayoutRules(op, in, attributes).infer();
        };
    }

    private Value x() {
        return in.get(0);
    }

    /** Returns the first operand; checks the number of operands first. */
    private Value operands(int count) {
        require(in.size() == count, count + " operands");
        return x();
    }

    private TensorType unary() {
        Value x = operands(1);
        if (op == Op.NOT) {
            require(x.type() == DType.BOOL, "a bool operand");
        } else if (op != Op.ABS && op != Op.NEG && op != Op.CLAMP && op != Op.RELU) {
            return new TensorType(DType.FLOAT, x.shape());
        }
        return new TensorType(x.type(), x.shape());
    }

    private TensorType binary() {
        boolean scalar = attributes.has("scalar");
        require(in.size() == (scalar ? 1 : 2), "two operands, or one and a scalar");
        Shape shape = scalar ? x().shape() : broadcast(x().shape(), in.get(1).shape());
        if (op.isLogic()) {
            require(in.stream().allMatch(v -> v.type() == DType.BOOL) && !scalar, "bool operands");
        }
        if (op.isLogic() || op.isComparison()) {
            return new TensorType(DType.BOOL, shape);
        }
        DType other = scalar ? scalarType() : in.get(1).type();
        DType type = op == Op.DIV ? DType.FLOAT : x().type().promote(other);
        require(type != DType.BOOL, "numbers");
        return new TensorType(type, shape);
    }

    private DType scalarType() {
        return attributes.isInteger("scalar") ? DType.INT : DType.FLOAT;
    }

    private TensorType glu() {
        Shape shape = operands(1).shape();
        int axis = axis(shape, attributes.integer("axis"));
        Dim half = shape.dim(axis)
                .exactDiv(Dim.of(2))
                .orElseThrow(() -> new ShapeInference.Mismatch("an even size of axis " + axis));
        return new TensorType(x().type(), shape.with(axis, half));
    }

    private TensorType alongAxis(DType type) {
        axis(operands(1).shape(), attributes.integer("axis"));
        return new TensorType(type, x().shape());
    }

    private TensorType reduce() {
        Shape shape = operands(1).shape();
        boolean[] reduced = new boolean[shape.rank()];
        for (int axis : attributes.ints("axes")) {
            reduced[axis(shape, axis)] = true;
        }
        List<Dim> dims = new ArrayList<>();
        for (int i = 0; i < reduced.length; i++) {
            if (!reduced[i]) {
                dims.add(shape.dim(i));
            } else if (attributes.flag("keep")) {
                dims.add(Dim.ONE);
            }
        }
        boolean keepsType = op == Op.SUM || op == Op.REDUCE_MAX;
        DType type = !keepsType ? DType.FLOAT : op == Op.SUM && x().type() == DType.BOOL ? DType.INT : x().type();
        return new TensorType(type, new Shape(dims));
    }

    private TensorType maskedFill() {
        Value x = operands(2);
        require(in.get(1).type() == DType.BOOL, "a bool mask");
        attributes.number("value");
        return new TensorType(x.type(), broadcast(x.shape(), in.get(1).shape()));
    }

    private TensorType where() {
        Value condition = operands(3);
        require(condition.type() == DType.BOOL, "a bool condition");
        Shape branches = broadcast(in.get(1).shape(), in.get(2).shape());
        return new TensorType(in.get(1).type().promote(in.get(2).type()), broadcast(condition.shape(), branches));
    }

    private TensorType embedding() {
        Value table = operands(2);
        require(table.shape().rank() == 2 && in.get(1).type() == DType.INT, "a table [rows, size] and int ids");
        List<Dim> dims = new ArrayList<>(in.get(1).shape().dims());
        dims.add(table.shape().dim(1));
        return new TensorType(table.type(), new Shape(dims));
    }

    private TensorType indexSelect() {
        Value x = operands(2);
        Value ids = in.get(1);
        require(ids.type() == DType.INT && ids.shape().rank() == 1, "int ids of one axis");
        int axis = axis(x.shape(), attributes.integer("axis"));
        return new TensorType(x.type(), x.shape().with(axis, ids.shape().dim(0)));
    }

    private TensorType triangle() {
        require(operands(1).shape().rank() >= 2, "a matrix");
        attributes.integer("diagonal");
        return new TensorType(x().type(), x().shape());
    }

    @Override
    public String toString() {
        return op + Arrays.toString(in.toArray());
    }
}
