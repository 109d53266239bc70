package org.quantvoice.torch.graph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.Dim;
import org.quantvoice.graph.Shape;
import org.quantvoice.graph.Symbol;

/**
 * An expression of TorchScript over named inputs.
 *
 * @param expression of {@code a, b, c, ..}, one letter an input
 * @param inputs their types and shapes
 */
record OperatorCase(String expression, List<Input> inputs) {

    /**
     * One input.
     *
     * @param type element type
     * @param shape sizes
     * @param positive whether elements are above 0 (float), or from 0 on (int)
     */
    record Input(DType type, Shape shape, boolean positive) {}

    /** Inputs as {@code f B 3 T}: f float, p positive float, i int, n natural int, b bool, then the sizes. */
    static OperatorCase of(String expression, String... inputs) {
        return new OperatorCase(
                expression, Arrays.stream(inputs).map(OperatorCase::parse).toList());
    }

    private static Input parse(String text) {
        String[] words = text.split(" ");
        DType type = List.of("f", "p").contains(words[0]) ? DType.FLOAT : words[0].equals("b") ? DType.BOOL : DType.INT;
        List<Dim> dims = new ArrayList<>();
        for (String word : Arrays.asList(words).subList(1, words.length)) {
            dims.add(
                    Character.isDigit(word.charAt(0))
                            ? Dim.of(Long.parseLong(word))
                            : Dim.symbol(word, word.equals("T") ? 7 : 2));
        }
        return new Input(type, new Shape(dims), List.of("p", "n").contains(words[0]));
    }

    Set<Symbol> symbols() {
        Set<Symbol> symbols = new LinkedHashSet<>();
        inputs.forEach(input -> input.shape().dims().forEach(dim -> symbols.addAll(dim.symbols())));
        return symbols;
    }

    private static String letter(int index) {
        return String.valueOf((char) ('a' + index));
    }

    String source() {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < inputs.size(); i++) {
            names.add(letter(i));
        }
        String parameters = names.stream().map(n -> ", " + n).collect(Collectors.joining());
        return "def forward(self" + parameters + "):\n    " + expression.replace("\n", "\n    ") + "\n";
    }

    List<InputSpec> specs() {
        List<InputSpec> specs = new ArrayList<>();
        for (int i = 0; i < inputs.size(); i++) {
            specs.add(new InputSpec.TensorInput(
                    letter(i), inputs.get(i).type(), inputs.get(i).shape()));
        }
        return specs;
    }

    @Override
    public String toString() {
        return expression + " " + inputs;
    }
}
