package org.quantvoice.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.quantvoice.export.ExportPrecision;
import org.quantvoice.graph.ArrayTensor;
import org.quantvoice.graph.Attributes;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.GraphBuilder;
import org.quantvoice.graph.Op;
import org.quantvoice.graph.Shape;
import org.quantvoice.graph.Value;

/** Sizes computed in the file are those that the graph's arithmetic gives. */
class SizePropertyTest {
    private static final int DEPTH = 3;

    @Provide
    Arbitrary<Dim> sizes() {
        return dims(DEPTH);
    }

    private static Arbitrary<Dim> dims(int depth) {
        Arbitrary<Dim> leaf = Arbitraries.oneOf(
                Arbitraries.of(Dim.symbol("a"), Dim.symbol("b"), Dim.symbol("offset", 0)),
                Arbitraries.integers().between(-7, 7).map(Dim::of));
        if (depth == 0) {
            return leaf;
        }
        Arbitrary<Dim> inner = dims(depth - 1);
        return Arbitraries.oneOf(
                leaf,
                net.jqwik.api.Combinators.combine(inner, inner).as(Dim::plus),
                net.jqwik.api.Combinators.combine(inner, inner).as(Dim::times),
                net.jqwik.api.Combinators.combine(inner, inner).as(Dim::max),
                net.jqwik.api.Combinators.combine(
                                inner, Arbitraries.integers().between(-5, 5).filter(d -> d != 0))
                        .as((dim, divisor) -> dim.floorDiv(divisor)));
    }

    @Property(tries = 150)
    void sameAsTheGraphs(
            @ForAll("sizes") Dim dim,
            @ForAll @IntRange(min = 1, max = 40) int a,
            @ForAll @IntRange(min = 1, max = 9) int b,
            @ForAll @IntRange(max = 50) int offset)
            throws Exception {
        GraphBuilder builder = new GraphBuilder();
        builder.input("x", DType.FLOAT, Shape.of(Dim.symbol("a"), Dim.symbol("b")));
        builder.scalar("offset", 0);
        Value value = builder.add(Op.FILL, "", Attributes.of("shape", List.of(Dim.ONE), "value", dim, "type", "int"));
        Graph graph = builder.build(List.of(value));
        Path file = Files.createTempFile("sizes", ".onnx");
        try {
            OnnxFile.write(new Lowering(graph, ExportPrecision.AS_IS, Naming.PLAIN).write(), Map.of(), file);
            try (Ort ort = new Ort(file)) {
                long[] got = ort.run(Map.of(
                                "x", ArrayTensor.of(new float[a * b], a, b),
                                "offset", ArrayTensor.of(new long[] {offset})))
                        .get("output_0")
                        .longs();
                assertThat(got)
                        .containsExactly(dim.evaluate(Map.of("a", (long) a, "b", (long) b, "offset", (long) offset)));
            }
        } finally {
            Files.delete(file);
        }
    }
}
