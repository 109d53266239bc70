package org.quantvoice.internal.huggingface.nemo;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.quantvoice.error.ModelFormatException;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/**
 * Reads a configuration in YAML 1.2. What only programs need is refused, never guessed: anchors and aliases, which could also grow
 * without bounds, tags and merges.
 */
final class YamlReader {
    private static final int MOST_DEPTH = 48;
    private static final int MOST_CHARACTERS = 16 << 20;

    private final String file;
    private final LoadSettings settings;

    private YamlReader(String file) {
        this.file = file;
        this.settings = LoadSettings.builder()
                .setLabel(file)
                .setSchema(new CoreSchema())
                .setAllowDuplicateKeys(false)
                .setAllowRecursiveKeys(false)
                .setMaxAliasesForCollections(0)
                .setCodePointLimit(MOST_CHARACTERS)
                .build();
    }

    /**
     * The value of a document: maps, lists, texts, numbers ({@code Long}, {@code BigInteger}, {@code Double}), truth values and null.
     *
     * @param file name of the file in messages
     * @throws ModelFormatException if the document is not YAML, or has parts that are not supported
     */
    static @Nullable Object read(String file, String document) {
        YamlReader reader = new YamlReader(file);
        try {
            reader.requireSimple(document);
            return reader.plain(new Load(reader.settings).loadFromString(document));
        } catch (MarkedYamlEngineException e) {
            Optional<Mark> mark = e.getProblemMark().or(e::getContextMark);
            throw reader.refused(mark, String.valueOf(e.getProblem()), "one document of YAML", e);
        } catch (YamlEngineException e) {
            throw reader.refused(Optional.empty(), String.valueOf(e.getMessage()), "one document of YAML", e);
        }
    }

    /** Looks at the document event by event, which takes no stack, before it is read as a whole. */
    private void requireSimple(String document) {
        int depth = 0;
        for (Event event : new Parse(settings).parseString(document)) {
            if (event instanceof NodeEvent node) {
                requireSimple(node);
            }
            depth += event instanceof CollectionStartEvent ? 1 : event instanceof CollectionEndEvent ? -1 : 0;
            if (depth > MOST_DEPTH) {
                throw refused(
                        event.getStartMark(), "more than " + MOST_DEPTH + " values in each other", "a configuration");
            }
        }
    }

    private void requireSimple(NodeEvent node) {
        if (node instanceof AliasEvent
                || node.getAnchor().isPresent()
                || tag(node).isPresent()) {
            throw refused(
                    node.getStartMark(),
                    tag(node).map(tag -> "the tag " + tag).orElse("an anchor or an alias"),
                    "values without anchors, aliases and tags");
        }
        if (node instanceof ScalarEvent text
                && text.isPlain()
                && text.getValue().equals("<<")) {
            throw refused(node.getStartMark(), "the key '<<'", "no merges");
        }
    }

    private static Optional<String> tag(NodeEvent node) {
        if (node instanceof ScalarEvent scalar) {
            return scalar.getTag();
        }
        return node instanceof CollectionStartEvent start ? start.getTag() : Optional.empty();
    }

    /** The value in the forms that JSON has; what is no number there stays the text that stands for it. */
    private @Nullable Object plain(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            Map<String, @Nullable Object> texts = new LinkedHashMap<>();
            map.forEach((key, member) -> texts.put(key(key, texts), plain(member)));
            return texts;
        }
        if (value instanceof List<?> list) {
            List<@Nullable Object> items = new ArrayList<>();
            list.forEach(item -> items.add(plain(item)));
            return items;
        }
        if (value instanceof Integer number) {
            return number.longValue();
        }
        if (value instanceof Double number && !Double.isFinite(number)) {
            return number.isNaN() ? ".nan" : number > 0 ? ".inf" : "-.inf";
        }
        boolean known = value == null
                || value instanceof String
                || value instanceof Boolean
                || value instanceof Double
                || value instanceof Long
                || value instanceof BigInteger;
        if (!known) {
            throw refused(Optional.empty(), "the value " + value, "texts, numbers, lists and maps");
        }
        return value;
    }

    /** Keys are texts in JSON; that of a number or a truth value is its text. */
    private String key(@Nullable Object key, Map<String, ?> before) {
        String text = String.valueOf(plain(key));
        if (key instanceof Map || key instanceof List || before.containsKey(text)) {
            throw refused(Optional.empty(), "the key " + text, "each key once, and texts for keys");
        }
        return text;
    }

    private ModelFormatException refused(Optional<Mark> mark, String got, String expected) {
        return refused(mark, got, expected, null);
    }

    private ModelFormatException refused(
            Optional<Mark> mark, String got, String expected, @Nullable YamlEngineException cause) {
        String text = file + mark.map(m -> ", line " + (m.getLine() + 1)).orElse("") + ": " + got;
        String cure = "write the file anew with OmegaConf or PyYAML";
        return cause == null
                ? new ModelFormatException(text, expected, cure)
                : new ModelFormatException(text, expected, cure, cause);
    }
}
