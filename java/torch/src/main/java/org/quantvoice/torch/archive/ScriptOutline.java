package org.quantvoice.torch.archive;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.quantvoice.internal.archive.Part;
import org.quantvoice.torch.archive.ScriptToken.Kind;

/**
 * Finds the definitions in a file of TorchScript and how deep they are nested. The costs were measured on libtorch 2.10
 * by counting how many constructs of a kind, nested in each other, fill a stack of 1 MiB.
 */
final class ScriptOutline {
    private static final int DEFINITION = 8;
    private static final int BLOCK = 3;
    private static final int BRACKET = 4;
    private static final int OPERATOR = 2;
    private static final int DOT = 1;
    private static final Set<String> WORDS = Set.of("not", "and", "or", "if", "else", "is", "in", "lambda", "for");

    private final Part part;
    private final String module;
    private final List<ScriptToken> tokens;
    private final List<ScriptDefinition> found = new ArrayList<>();
    private final Deque<Block> blocks = new ArrayDeque<>();
    private final Deque<Integer> chains = new ArrayDeque<>();
    private @Nullable String name;
    private Set<String> uses = new HashSet<>();
    private long sum;
    private long sumOfBlocks;
    private long most;
    private int mostBlocks;
    private int expression;
    private int blockCount;
    private boolean inClass;

    /** Statements with the same indentation. Each elif is a block inside of the block before it. */
    private static final class Block {
        private final int indent;
        private int alternatives;

        Block(int indent) {
            this.indent = indent;
        }
    }

    private ScriptOutline(Part part, String module, List<ScriptToken> tokens) {
        this.part = part;
        this.module = module;
        this.tokens = tokens;
        chains.push(0);
    }

    /** @param module the name of the file's module, such as {@code __torch__.model} */
    static List<ScriptDefinition> of(Part part, String module, List<ScriptToken> tokens) {
        ScriptOutline outline = new ScriptOutline(part, module, tokens);
        for (int i = 0; i < tokens.size(); i++) {
            outline.token(i);
        }
        outline.endDefinition();
        return outline.found;
    }

    private void token(int i) {
        ScriptToken token = tokens.get(i);
        if (token.indent() >= 0) {
            line(token);
            if (token.isName("def") || token.isName("class")) {
                define(token, i);
            }
        }
        measure(token);
        if (token.isName("__torch__") && !(i > 0 && tokens.get(i - 1).isName("import"))) {
            uses.add(dotted(i));
        }
    }

    private String dotted(int i) {
        StringBuilder text = new StringBuilder(tokens.get(i).text());
        for (int n = i + 1; tokens.get(n).is(".") && tokens.get(n + 1).kind() == Kind.NAME; n += 2) {
            text.append('.').append(tokens.get(n + 1).text());
        }
        return text.toString();
    }

    /** Starts a statement. */
    private void line(ScriptToken token) {
        chains.clear();
        chains.push(0);
        expression = 0;
        while (!blocks.isEmpty() && blocks.peek().indent > token.indent()) {
            blocks.pop();
        }
        if (blocks.isEmpty() || blocks.peek().indent < token.indent()) {
            blocks.push(new Block(token.indent()));
        }
        Block block = blocks.element();
        if (token.isName("elif")) {
            block.alternatives++;
        } else if (!token.isName("else")) {
            block.alternatives = 0;
        }
        // the blocks around a statement: the file, the class if there is one, and the body itself
        int around = inClass ? 3 : 2;
        blockCount =
                Math.max(0, blocks.stream().mapToInt(b -> 1 + b.alternatives).sum() - around);
        mostBlocks = Math.max(mostBlocks, blockCount);
    }

    private void define(ScriptToken token, int i) {
        if (token.indent() == 0) {
            endDefinition();
            inClass = token.isName("class");
            name = tokens.get(Math.min(i + 1, tokens.size() - 1)).text();
        } else {
            endMember();
        }
    }

    private void endMember() {
        sum += DEFINITION + most;
        sumOfBlocks += mostBlocks;
        most = 0;
        mostBlocks = 0;
    }

    private void endDefinition() {
        endMember();
        if (name != null) {
            found.add(new ScriptDefinition(module + "." + name, sum, sumOfBlocks, uses, part));
        }
        uses = new HashSet<>();
        sum = 0;
        sumOfBlocks = 0;
    }

    /** Adds what a token costs to the level of brackets it is in; a comma ends what the level has in a row. */
    private void measure(ScriptToken token) {
        if (token.is("(") || token.is("[") || token.is("{")) {
            grow(BRACKET);
            chains.push(0);
        } else if (token.is(")") || token.is("]") || token.is("}")) {
            if (chains.size() > 1) {
                expression -= chains.pop();
            }
        } else if (token.is(",") || token.is("=") || token.is(":")) {
            expression -= chains.pop();
            chains.push(0);
        } else if (token.is(".")) {
            grow(DOT);
        } else if (token.kind() == Kind.SIGN || (token.kind() == Kind.NAME && WORDS.contains(token.text()))) {
            grow(OPERATOR);
        }
        most = Math.max(most, expression + (long) BLOCK * blockCount);
    }

    private void grow(int cost) {
        chains.push(chains.pop() + cost);
        expression += cost;
    }
}
