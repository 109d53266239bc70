package org.quantvoice.graph;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The operators. The comment of each lists its inputs in order (those in brackets may be absent, from the right) and
 * its attributes; {@code x} is of any shape unless said otherwise. Integer attributes may depend on the input's sizes
 * where their type is {@code dim}; {@code int} ones are constants. Axes are counted from the front, never negative.
 * An operator has one output unless said otherwise.
 *
 * <p>Elementwise operators of two operands broadcast as NumPy does. Instead of the second operand they may have the
 * attribute {@code scalar} (a double, or a dim for integers); with {@code reverse} the scalar stands on the left. A
 * scalar takes the tensor's type unless it is a double and the tensor holds integers.
 */
public enum Op {
    /** {@code x [.., in]}, {@code weight [out, in]}, [{@code bias [out]}]: {@code x weight' + bias}, {@code [.., out]}. */
    LINEAR(Kind.PRODUCT),
    /** {@code a [.., m, k]}, {@code b [.., k, n]}: batched product; leading axes broadcast; rank 1 as in NumPy. */
    MATMUL(Kind.PRODUCT),
    /**
     * {@code x [batch, in, time]}, {@code weight [out, in / groups, kernel]}, [{@code bias [out]}]; int lists {@code
     * stride, padding, dilation} of one element each, int {@code groups}.
     */
    CONV1D(Kind.PRODUCT),
    /** Like {@link #CONV1D} with two spatial axes and lists of two elements. */
    CONV2D(Kind.PRODUCT),
    /** {@code x}, [{@code weight}, [{@code bias}]] over the last {@code axes} axes; double {@code eps}. */
    LAYER_NORM(Kind.NORM),
    /** {@code x [batch, channels, ..]}, [{@code weight [channels]}, {@code bias}]; int {@code groups}, double {@code eps}. */
    GROUP_NORM(Kind.NORM),
    /**
     * {@code x [batch, channels, ..]}, {@code mean [channels]}, {@code variance}, [{@code weight}, {@code bias}];
     * double {@code eps}. It uses the stored statistics, as in evaluation.
     */
    BATCH_NORM(Kind.NORM),
    /** {@code x}; flag {@code tanh}: the tanh approximation instead of erf. */
    GELU(Kind.UNARY),
    RELU(Kind.UNARY),
    /** {@code x}; double {@code slope} of the negative side. */
    LEAKY_RELU(Kind.UNARY),
    /** {@code x}; double {@code alpha}. */
    ELU(Kind.UNARY),
    SILU(Kind.UNARY),
    SIGMOID(Kind.UNARY),
    TANH(Kind.UNARY),
    EXP(Kind.UNARY),
    LOG(Kind.UNARY),
    SQRT(Kind.UNARY),
    /** {@code 1 / sqrt(x)}. */
    RSQRT(Kind.UNARY),
    SIN(Kind.UNARY),
    COS(Kind.UNARY),
    ABS(Kind.UNARY),
    NEG(Kind.UNARY),
    FLOOR(Kind.UNARY),
    /** {@code x}, rounded to the nearest integer, ties to even. */
    ROUND(Kind.UNARY),
    /** {@code x}; doubles (or dims) {@code min}, {@code max}, each may be absent. */
    CLAMP(Kind.UNARY),
    /** {@code x} bool, negated. */
    NOT(Kind.UNARY),
    /** {@code x}; int {@code axis}: the first half times the sigmoid of the second half. */
    GLU(Kind.LAYOUT),
    /** {@code x}; int {@code axis}. */
    SOFTMAX(Kind.REDUCTION),
    /** {@code x}; int {@code axis}. */
    LOG_SOFTMAX(Kind.REDUCTION),
    ADD(Kind.ARITHMETIC),
    SUB(Kind.ARITHMETIC),
    MUL(Kind.ARITHMETIC),
    /** True division; a float result. */
    DIV(Kind.ARITHMETIC),
    /** Division rounded towards minus infinity. */
    FLOOR_DIV(Kind.ARITHMETIC),
    POW(Kind.ARITHMETIC),
    MAXIMUM(Kind.ARITHMETIC),
    MINIMUM(Kind.ARITHMETIC),
    EQ(Kind.COMPARISON),
    NE(Kind.COMPARISON),
    LT(Kind.COMPARISON),
    LE(Kind.COMPARISON),
    GT(Kind.COMPARISON),
    GE(Kind.COMPARISON),
    AND(Kind.LOGIC),
    OR(Kind.LOGIC),
    XOR(Kind.LOGIC),
    /** {@code x}; int list {@code axes}, flag {@code keep}. */
    MEAN(Kind.REDUCTION),
    /** {@code x}; int list {@code axes}, flag {@code keep}. */
    SUM(Kind.REDUCTION),
    /** {@code x}; int list {@code axes}, flag {@code keep}, double {@code correction} (1: unbiased). */
    VAR(Kind.REDUCTION),
    /** {@code x}; int list {@code axes}, flag {@code keep}. */
    REDUCE_MAX(Kind.REDUCTION),
    /** {@code x}; int {@code axis}: running sum. */
    CUMSUM(Kind.REDUCTION),
    /** {@code x}; int {@code axis}, dims {@code start}, {@code end}, int {@code step}; {@code 0 <= start <= end <= size}. */
    SLICE(Kind.LAYOUT),
    /** Any number of inputs; int {@code axis}. */
    CONCAT(Kind.LAYOUT),
    /** {@code x}; int list {@code order}: axis i of the output is axis {@code order[i]} of the input. */
    TRANSPOSE(Kind.LAYOUT),
    /** {@code x}; dims {@code shape}: also views, flatten, squeeze and unsqueeze. Elements keep their order. */
    RESHAPE(Kind.LAYOUT),
    /** {@code x}; dims {@code shape} of the same rank: repeats axes of size 1. */
    EXPAND(Kind.LAYOUT),
    /**
     * {@code x}; dims {@code pads}: before and after for each axis from the front; text {@code mode} (constant, reflect,
     * replicate), double {@code value}.
     */
    PAD(Kind.LAYOUT),
    /** {@code x}, {@code mask} bool, broadcasting; double {@code value} where the mask is true. */
    MASKED_FILL(Kind.CHOICE),
    /** {@code condition} bool, {@code a}, {@code b}, broadcasting. */
    WHERE(Kind.CHOICE),
    /** {@code table [rows, size]}, {@code ids} int: {@code [.., size]}. */
    EMBEDDING(Kind.LAYOUT),
    /** {@code x}, {@code ids} int of one axis; int {@code axis}. */
    INDEX_SELECT(Kind.LAYOUT),
    /**
     * {@code x [batch, time, in]} ({@code [time, batch, in]} without the flag {@code batchFirst}), [{@code h0}, {@code
     * c0} {@code [layers * directions, batch, hidden]} with the flag {@code state}], then for each layer and direction
     * {@code w_ih [4 hidden, in]}, {@code w_hh [4 hidden, hidden]} and with the flag {@code bias} {@code b_ih}, {@code
     * b_hh}; gates i, f, g, o. Int {@code layers}, flag {@code bidirectional}. Outputs: {@code y [.., directions *
     * hidden]}, {@code h}, {@code c}.
     */
    LSTM(Kind.RECURRENT),
    /** Like {@link #LSTM} without {@code c}; gates r, z, n; outputs {@code y}, {@code h}. */
    GRU(Kind.RECURRENT),
    /** Like {@link #GRU} with one gate alone, whose value is the state: its tanh, or its ReLU with the flag {@code relu}. */
    RNN(Kind.RECURRENT),
    /** {@code x}; text {@code type}. */
    CAST(Kind.CHOICE),
    /** No input; dims {@code start}, {@code end}, int {@code step} other than 0, text {@code type}. */
    ARANGE(Kind.LAYOUT),
    /** No input; dims {@code shape}, double or dim {@code value}, text {@code type}. */
    FILL(Kind.LAYOUT),
    /**
     * {@code x [.., m, n]}; int {@code diagonal}, flag {@code upper}: elements above the diagonal are zero, with the
     * flag those below it.
     */
    TRIANGLE(Kind.LAYOUT),
    /**
     * {@code q [.., m, d]}, {@code k [.., n, d]}, {@code v [.., n, e]}, [{@code mask} bool or float, broadcasting to
     * {@code [.., m, n]}; false or minus infinity closes a key]; double {@code scale}, flag {@code causal}: row i sees keys
     * 0 to i. A row that sees no key is zero.
     */
    ATTENTION(Kind.PRODUCT),
    /**
     * {@code x [batch, samples]}: features {@code [batch, frames, size]}; the settings are those of {@link
     * org.quantvoice.internal.features.FrontEnd}, see {@link FrontEndOperator}.
     */
    FRONT_END(Kind.FRONT_END);

    /** Operators by their names in listings, e.g. {@code layer_norm}. */
    private static final Map<String, Op> BY_TEXT =
            Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(Op::toString, op -> op));

    /**
     * Group of operators that are handled alike: the planner, the reference interpreter and the exporters have a
     * class for each kind.
     */
    public enum Kind {
        /** Sums of products along an axis, and attention. */
        PRODUCT,
        NORM,
        /** Works on each element of one input and keeps its shape. */
        UNARY,
        /** Works on two broadcasting operands, or on one and a scalar; so do comparisons and logic. */
        ARITHMETIC,
        COMPARISON,
        LOGIC,
        /** Reduces or normalizes along axes: sums, means, softmax. */
        REDUCTION,
        /** Moves or selects elements. */
        LAYOUT,
        /** Chooses or converts each element by a condition or a type. */
        CHOICE,
        RECURRENT,
        FRONT_END
    }

    private final String text = name().toLowerCase(Locale.ROOT);
    private final Kind kind;

    Op(Kind kind) {
        this.kind = kind;
    }

    /** Returns the operator with a name in listings. */
    public static Optional<Op> parse(String text) {
        return Optional.ofNullable(BY_TEXT.get(text));
    }

    @Override
    public String toString() {
        return text;
    }

    public Kind kind() {
        return kind;
    }

    /** Returns whether the operator compares two operands, or one with a scalar: the result is bool. */
    public boolean isComparison() {
        return kind == Kind.COMPARISON;
    }

    boolean isLogic() {
        return kind == Kind.LOGIC;
    }

    /** Returns whether the operator works on each element of its one input and keeps the shape. */
    public boolean isUnary() {
        return kind == Kind.UNARY;
    }

    /** Returns whether the operator takes two broadcasting operands, or one and a scalar. */
    public boolean isBinary() {
        return kind == Kind.ARITHMETIC || kind == Kind.COMPARISON || kind == Kind.LOGIC;
    }
}
