package org.quantvoice.internal.archive;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.quantvoice.internal.archive.PickleValue.Atom;
import org.quantvoice.internal.archive.PickleValue.Container;
import org.quantvoice.internal.archive.PickleValue.Container.Kind;
import org.quantvoice.internal.archive.PickleValue.Global;
import org.quantvoice.internal.archive.PickleValue.Text;
import org.quantvoice.internal.archive.PickleValue.Whole;

/**
 * Reads a pickle with exactly the instructions that libtorch's reader knows (protocol 2, {@code
 * torch/csrc/jit/serialization/unpickler.cpp} of PyTorch 2.10), without creating any of its objects. It checks what
 * libtorch does not: the stack, references, tensors ({@link PickleTensors}) and depth ({@link PickleNesting}).
 */
public final class PickleReader {
    private static final int PROTOCOL = 2;
    private static final int MOST_VALUES = 1 << 22;
    private static final int LONG_BYTES = 8;

    private final Part part;
    private final PickleInput input;
    private final PickleCalls calls;
    private final List<PickleValue> stack = new ArrayList<>();
    private final List<Integer> marks = new ArrayList<>();
    private final Map<Long, PickleValue> memo = new HashMap<>();
    /** All containers of the pickle, even dropped ones, because libtorch walks those too. */
    private final List<Container> made = new ArrayList<>();

    private int values;

    private PickleReader(Part part, byte[] bytes, PickleCalls calls) {
        this.part = part;
        this.input = new PickleInput(part, bytes);
        this.calls = calls;
    }

    /**
     * Returns the value that a pickle describes.
     *
     * @param calls resolves its names
     * @throws org.quantvoice.error.ModelFormatException if it is damaged, nested too deep, has tensors outside their
     *     storage, or contains names that {@code calls} does not know
     */
    public static PickleValue read(Part part, byte[] bytes, PickleCalls calls) {
        PickleReader reader = new PickleReader(part, bytes, calls);
        reader.run();
        PickleNesting.check(reader.made, part);
        return reader.stack.get(0);
    }

    private void run() {
        if (input.u8() != 0x80 || input.u8() != PROTOCOL) {
            throw damaged("another start than that of protocol 2");
        }
        int code;
        do {
            code = input.u8();
            if (!(atoms(code)
                    || numbers(code)
                    || references(code)
                    || containers(code)
                    || changes(code)
                    || calls(code))) {
                throw damaged("instruction 0x" + Integer.toHexString(code));
            }
        } while (code != '.');
        if (stack.size() != 1) {
            throw damaged("an end with " + stack.size() + " values");
        }
    }

    private boolean atoms(int code) {
        switch (code) {
            case 'N', 0x88, 0x89 -> push(Atom.INSTANCE);
            case 'G' -> {
                input.skip(LONG_BYTES);
                push(Atom.INSTANCE);
            }
            case 'X' -> push(new Text(input.text(input.u32())));
            case 'c' -> push(calls.global(new Global(input.line(), input.line())));
            case '.' -> {
                // the loop ends here
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private boolean numbers(int code) {
        switch (code) {
            case 'K' -> push(new Whole(input.u8()));
            case 'M' -> push(new Whole(input.u16()));
            case 'J' -> push(new Whole(input.i32()));
            case 0x8a -> {
                if (input.u8() != LONG_BYTES) {
                    throw damaged("a whole number of another length than 8 bytes");
                }
                push(new Whole(input.i64()));
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private boolean references(int code) {
        switch (code) {
            case 'q' -> memo.put((long) input.u8(), top());
            case 'r' -> remember(input.u32());
            case 'h' -> recall(input.u8());
            case 'j' -> recall(input.u32());
            default -> {
                return false;
            }
        }
        return true;
    }

    /**
     * Stores a value under a number. libtorch makes a table up to the highest number, so that a single high number
     * could take all memory.
     */
    private void remember(long id) {
        if (id > MOST_VALUES) {
            throw damaged("a reference numbered " + id);
        }
        memo.put(id, top());
    }

    private void recall(long id) {
        PickleValue value = memo.get(id);
        if (value == null) {
            throw damaged("a reference to " + id + ", which is nothing");
        }
        push(value);
    }

    private boolean containers(int code) {
        switch (code) {
            case ']' -> push(new Container(Kind.LIST, new ArrayList<>(0)));
            case '}' -> push(new Container(Kind.DICT, new ArrayList<>(0)));
            case ')' -> push(new Container(Kind.TUPLE, List.of()));
            case '(' -> marks.add(stack.size());
            case 'l' -> push(new Container(Kind.LIST, take(unmark(0))));
            case 'd' -> push(new Container(Kind.DICT, pairs(take(unmark(0)))));
            case 't' -> push(new Container(Kind.TUPLE, take(unmark(0))));
            case 0x85, 0x86, 0x87 -> push(new Container(Kind.TUPLE, take(below(code - 0x84))));
            default -> {
                return false;
            }
        }
        return true;
    }

    private boolean changes(int code) {
        switch (code) {
            case 'e' -> into(Kind.LIST, take(unmark(1)));
            case 'a' -> into(Kind.LIST, take(below(1)));
            case 'u' -> into(Kind.DICT, pairs(take(unmark(1))));
            case 's' -> into(Kind.DICT, take(below(2)));
            default -> {
                return false;
            }
        }
        return true;
    }

    private boolean calls(int code) {
        switch (code) {
            case 'Q' -> push(calls.storage(pop()));
            case 'R', 'b' -> {
                PickleValue argument = pop();
                push(calls.call(pop(), argument));
            }
            // of the class and its empty arguments the class stays on the stack, for the next call
            case 0x81 -> pop();
            default -> {
                return false;
            }
        }
        return true;
    }

    private void push(PickleValue value) {
        if (++values > MOST_VALUES) {
            throw damaged("more than " + MOST_VALUES + " values");
        }
        if (value instanceof Container container) {
            made.add(container);
        }
        stack.add(value);
    }

    private PickleValue top() {
        return stack.get(below(1));
    }

    private PickleValue pop() {
        return stack.remove(below(1));
    }

    /** Returns the place on the stack below the last {@code count} values. */
    private int below(int count) {
        if (stack.size() < count) {
            throw damaged("too few values");
        }
        return stack.size() - count;
    }

    /** Returns the place on the stack of the last mark. */
    private int unmark(int atLeast) {
        if (marks.isEmpty()) {
            throw damaged("an end without a start");
        }
        int mark = marks.remove(marks.size() - 1);
        if (mark < atLeast || mark > stack.size()) {
            throw damaged("a start beyond the values");
        }
        return mark;
    }

    /** Removes and returns all values from a place of the stack on. */
    private List<PickleValue> take(int from) {
        List<PickleValue> above = stack.subList(from, stack.size());
        List<PickleValue> taken = new ArrayList<>(above);
        above.clear();
        return taken;
    }

    private List<PickleValue> pairs(List<PickleValue> items) {
        if (items.size() % 2 != 0) {
            throw damaged("a key without a value");
        }
        return items;
    }

    private void into(Kind kind, List<PickleValue> items) {
        if (!(top() instanceof Container container) || container.kind() != kind) {
            throw damaged("items for what is no " + kind.name().toLowerCase(java.util.Locale.ROOT));
        }
        container.items().addAll(items);
    }

    private RuntimeException damaged(String got) {
        return part.refused(
                "a pickle with " + got + " (before byte " + input.place() + ")",
                "what torch.save or torch.jit.save writes");
    }
}
