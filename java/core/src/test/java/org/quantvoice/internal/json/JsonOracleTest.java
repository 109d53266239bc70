package org.quantvoice.internal.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Reader and writer against Jackson: the same texts are accepted, and they mean the same. */
public class JsonOracleTest {
    private static final JsonMapper JACKSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    @Property(tries = 300)
    void whatIsWrittenJacksonReads(@ForAll Random random) throws JsonProcessingException {
        Object tree = tree(random, 4);
        for (String text : List.of(JsonWriter.compact(tree), JsonWriter.pretty(tree))) {
            assertThat(JACKSON.readValue(text, Object.class)).isEqualTo(tree);
            assertThat(plain(JsonReader.parse(text))).as(text).isEqualTo(tree);
        }
    }

    @Property(tries = 3000)
    void aDamagedTextIsRefusedWhenJacksonRefusesIt(@ForAll Random random) {
        StringBuilder text = new StringBuilder(JsonWriter.pretty(tree(random, 3)));
        String alphabet = "{}[],:\"\\ue019.-+tfn \n";
        for (int edits = 1 + random.nextInt(2); edits > 0 && text.length() > 0; edits--) {
            int at = random.nextInt(text.length());
            char c = alphabet.charAt(random.nextInt(alphabet.length()));
            switch (random.nextInt(3)) {
                case 0 -> text.setCharAt(at, c);
                case 1 -> text.insert(at, c);
                default -> text.deleteCharAt(at);
            }
        }
        compare(text.toString());
    }

    private static void compare(String text) {
        Object theirs;
        try {
            JsonNode read = JACKSON.readTree(text);
            theirs = read.isMissingNode() ? JsonProcessingException.class : JACKSON.treeToValue(read, Object.class);
        } catch (JsonProcessingException refused) {
            theirs = JsonProcessingException.class;
        }
        Object ours;
        try {
            ours = plain(JsonReader.parse(text));
        } catch (JsonException refused) {
            if (refused.getMessage().contains("surrogate")
                    || refused.getMessage().contains("fits a double")) {
                return; // Jackson is laxer here
            }
            ours = JsonProcessingException.class;
        }
        assertThat(ours).as(() -> shown(text)).isEqualTo(theirs);
    }

    /** The text as a Java literal. */
    private static String shown(String text) {
        StringBuilder out = new StringBuilder();
        text.chars().forEach(c -> out.append(c >= ' ' && c < 127 ? (char) c : String.format("\\u%04x", c)));
        return out.toString();
    }

    private static Object tree(Random random, int depth) {
        return switch (random.nextInt(depth > 0 ? 6 : 4)) {
            case 0 -> random.nextInt() >> random.nextInt(32);
            case 1 -> Double.longBitsToDouble(random.nextLong() & ~(1L << 62)); // never NaN or infinite
            case 2 -> random.nextBoolean();
            case 3 -> text(random);
            case 4 ->
                random.ints(random.nextInt(4))
                        .mapToObj(i -> tree(random, depth - 1))
                        .toList();
            default -> {
                Map<String, Object> map = new LinkedHashMap<>();
                random.ints(random.nextInt(4)).forEach(i -> map.put(text(random), tree(random, depth - 1)));
                yield map;
            }
        };
    }

    private static String text(Random random) {
        int[] points = random.ints(random.nextInt(5), 0, random.nextBoolean() ? 0x80 : 0x10FFFF)
                .filter(c -> c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE)
                .toArray();
        return new String(points, 0, points.length);
    }

    private static @Nullable Object plain(org.quantvoice.internal.json.JsonNode node) {
        if (node.isNull()) {
            return null;
        }
        if (node.isObject()) {
            Map<String, @Nullable Object> map = new LinkedHashMap<>();
            node.keys().forEach(k -> map.put(k, plain(node.get(k))));
            return map;
        }
        if (node.isArray()) {
            List<@Nullable Object> list = new ArrayList<>();
            node.items().forEach(i -> list.add(plain(i)));
            return list;
        }
        return leaf(node);
    }

    /** The types that Jackson gives to leaves. */
    private static Object leaf(org.quantvoice.internal.json.JsonNode node) {
        try {
            return node.string();
        } catch (JsonException notAString) {
            try {
                return node.bool();
            } catch (JsonException notABoolean) {
                return number(node);
            }
        }
    }

    private static Object number(org.quantvoice.internal.json.JsonNode node) {
        try {
            long n = node.integer(Long.MIN_VALUE, Long.MAX_VALUE);
            if (n == (int) n) {
                return (int) n;
            }
            return n;
        } catch (JsonException notWhole) {
            return node.number();
        }
    }

    @Test
    void whatIsNotJsonIsNotWritten() {
        assertThatThrownBy(() -> JsonWriter.compact(Double.NaN)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> JsonWriter.compact(Float.POSITIVE_INFINITY))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> JsonWriter.compact("\uD83D")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> JsonWriter.compact(new Object())).isInstanceOf(IllegalArgumentException.class);
        List<Object> cycle = new ArrayList<>();
        cycle.add(cycle);
        assertThatThrownBy(() -> JsonWriter.compact(cycle)).isInstanceOf(IllegalArgumentException.class);
        assertThat(JsonWriter.compact(null)).isEqualTo("null");
        assertThat(JsonWriter.compact(List.of("a\u0000\u2028\n\"\\"))).isEqualTo("[\"a\\u0000\\u2028\\n\\\"\\\\\"]");
        assertThat(JsonWriter.pretty(Map.of("a", List.of()))).isEqualTo("{\n  \"a\": []\n}");
    }
}
