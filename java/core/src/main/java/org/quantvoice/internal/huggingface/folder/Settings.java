package org.quantvoice.internal.huggingface.folder;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.error.QuantVoiceException;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.internal.json.JsonNode;

/**
 * The values of a configuration file, each with the default that transformers has for it. Keys that were read are
 * recorded, so that a key that changes the model but is not known here is refused and not ignored.
 */
public final class Settings {
    public static final int MOST = 1 << 24;

    private final String file;
    private final JsonNode root;
    private final Set<String> asked = new LinkedHashSet<>();

    /** @param file name of the file in messages */
    public Settings(String file, JsonNode root) {
        this.file = file;
        this.root = root;
        if (!root.isObject()) {
            throw wrong("no object", "an object of settings", null);
        }
    }

    public String file() {
        return file;
    }

    private <T> T read(String key, T byDefault, Function<JsonNode, T> conversion) {
        return find(key).map(node -> converted(node, conversion)).orElse(byDefault);
    }

    private <T> T converted(JsonNode node, Function<JsonNode, T> conversion) {
        try {
            return conversion.apply(node);
        } catch (QuantVoiceException e) {
            throw wrong(e.got(), e.expected(), e);
        }
    }

    /** Returns a value that is present and not null. */
    public Optional<JsonNode> find(String key) {
        asked.add(key);
        return root.find(key).filter(node -> !node.isNull());
    }

    /** Returns whether a key has the value null. */
    public boolean isNull(String key) {
        asked.add(key);
        return root.find(key).filter(JsonNode::isNull).isPresent();
    }

    public boolean has(String key) {
        return find(key).isPresent();
    }

    /** Returns the settings of a part of the model, which must be present. */
    public Settings part(String key) {
        return find(key)
                .map(node -> new Settings(file + ", " + key, node))
                .orElseThrow(() -> wrong("no " + key, "the settings of this part of the model", null));
    }

    public int count(String key, int byDefault) {
        return integer(key, byDefault, 1, MOST);
    }

    public int integer(String key, int byDefault, int min, int max) {
        return read(key, byDefault, node -> (int) node.integer(min, max));
    }

    /** Returns a count that the file must contain, because transformers has no fitting default. */
    public int required(String key) {
        if (!has(key)) {
            throw wrong("no " + key, "a number from 1 on", null);
        }
        return count(key, 1);
    }

    public double number(String key, double byDefault) {
        return read(key, byDefault, JsonNode::number);
    }

    public boolean flag(String key, boolean byDefault) {
        return read(key, byDefault, JsonNode::bool);
    }

    public String text(String key, String byDefault) {
        return read(key, byDefault, JsonNode::string);
    }

    /** Reads a setting that must be one of some words. */
    public String choice(String key, String byDefault, String... allowed) {
        String value = text(key, byDefault);
        if (!Arrays.asList(allowed).contains(value)) {
            throw unsupported(key + " = '" + value + "'", "one of " + String.join(", ", allowed));
        }
        return value;
    }

    public int[] counts(String key, int... byDefault) {
        int[] all = read(key, byDefault, node -> node.items().stream()
                .mapToInt(n -> (int) n.integer(1, MOST))
                .toArray());
        if (all.length == 0) {
            throw wrong("an empty " + key, "at least one number", null);
        }
        return all;
    }

    /** Reads a list that must have as many numbers as the default has. */
    public double[] numbers(String key, double... byDefault) {
        double[] all = read(key, byDefault, node -> node.items().stream()
                .mapToDouble(JsonNode::number)
                .toArray());
        if (all.length != byDefault.length) {
            throw wrong(all.length + " numbers for " + key, Integer.toString(byDefault.length), null);
        }
        return all;
    }

    /** Marks keys as known that do not change the model's computation in recognition. */
    public Settings ignore(Collection<String> keys) {
        asked.addAll(keys);
        return this;
    }

    /** Refuses keys that were not read. */
    public void requireKnown() {
        List<String> unknown = new ArrayList<>(root.keys());
        unknown.removeAll(asked);
        unknown.removeIf(key -> GeneralKeys.isGeneral(key) || root.get(key).isNull());
        if (!unknown.isEmpty()) {
            throw unsupported(
                    "settings " + unknown + ", which are not known for this kind of model",
                    "settings that transformers has for it");
        }
    }

    public ModelFormatException wrong(String got, String expected, @org.jspecify.annotations.Nullable Throwable cause) {
        String cure = "download the file again, or save the model again with save_pretrained";
        return cause == null
                ? new ModelFormatException(file + ": " + got, expected, cure)
                : new ModelFormatException(file + ": " + got, expected, cure, cause);
    }

    public UnsupportedOperatorException unsupported(String got, String expected) {
        return new UnsupportedOperatorException(
                file + ": " + got,
                expected,
                "import the model as TorchScript or ONNX, or remove what it does not need");
    }
}
