package org.quantvoice.internal.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

public class JsonReaderTest {

    @Test
    void readsEveryKindOfValue() {
        JsonNode root = JsonReader.parse(
                """
                {"s": "a\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\ud83d\\ude00", "n": -0.5e+2, "i": 9223372036854775807,
                 "t": true, "f": false, "z": null, "a": [1, [], {}], "": 0}
                """);
        assertThat(root.get("s").string()).isEqualTo("a\"\\/\b\f\n\r\té😀");
        assertThat(root.get("n").number()).isEqualTo(-50.0);
        assertThat(root.get("i").integer(0, Long.MAX_VALUE)).isEqualTo(Long.MAX_VALUE);
        assertThat(root.get("t").bool()).isTrue();
        assertThat(root.get("f").bool()).isFalse();
        assertThat(root.get("z").isNull()).isTrue();
        assertThat(root.get("a").items()).hasSize(3);
        assertThat(root.get("a").items().get(1).isArray()).isTrue();
        assertThat(root.get("a").items().get(2).isObject()).isTrue();
        assertThat(root.keys()).containsExactly("s", "n", "i", "t", "f", "z", "a", "");
        assertThat(root.find("missing")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "``; 1:1",
                "`{`; 1:2",
                "`[1,]`; 1:4",
                "`[1 2]`; 1:4",
                "`{\"a\" 1}`; 1:6",
                "`{a: 1}`; 1:2",
                "`{\"a\":1,}`; 1:8",
                "`{\"a\":1,\"a\":2}`; 1:8",
                "`[1] x`; 1:5",
                "`01`; 1:2",
                "`+1`; 1:1",
                "`.5`; 1:1",
                "`1.`; 1:3",
                "`1e`; 1:3",
                "`-`; 1:2",
                "`1e999`; 1:1",
                "`NaN`; 1:1",
                "`tru`; 1:1",
                "`'a'`; 1:1",
                "`\"abc`; 1:1",
                "`\"\\x\"`; 1:2",
                "`\"\\u12g4\"`; 1:6",
                "`\"\\ud800\"`; 1:8",
                "`\"\\ud800\\u0041\"`; 1:8",
                "`\"\\udc00\"`; 1:2",
                "`/* no */ 1`; 1:1",
            })
    void namesTheColumnOfAFault(String text, String position) {
        assertThatThrownBy(() -> JsonReader.parse(text))
                .isInstanceOf(JsonException.class)
                .hasMessageContaining("at " + position + ";");
    }

    @Test
    void namesTheLineOfAFault() {
        assertThatThrownBy(() -> JsonReader.parse("{\n  \"a\": 1,\n  \"b\": ?\n}"))
                .isInstanceOf(JsonException.class)
                .hasMessageContaining("'?' at 3:8; expected a value");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\uFEFF1", "\"\u0001\"", "\"\n\"", "\u00A01", "\"\uD83D\"", "\"\uDE00\"", "1\0"})
    void refusesCharactersThatDoNotBelong(String text) {
        assertThatThrownBy(() -> JsonReader.parse(text)).isInstanceOf(JsonException.class);
    }

    @Test
    void depthIsBounded() {
        int max = JsonReader.MAX_DEPTH;
        assertThat(JsonReader.parse("[".repeat(max) + "]".repeat(max)).isArray())
                .isTrue();
        assertThatThrownBy(() -> JsonReader.parse("[".repeat(1_000_000)))
                .isInstanceOf(JsonException.class)
                .hasMessageContaining("levels at 1:" + (max + 1));
    }

    @Test
    void sizeIsBounded() throws IOException {
        byte[] text = "[1234]".getBytes(StandardCharsets.UTF_8);
        assertThat(JsonReader.read(new ByteArrayInputStream(text), 6).isArray()).isTrue();
        assertThatThrownBy(() -> JsonReader.read(new ByteArrayInputStream(text), 5))
                .isInstanceOf(JsonException.class)
                .hasMessageContaining("more than 5 bytes");
        assertThatThrownBy(() -> JsonReader.parse("1" + "0".repeat(1_000_000))).isInstanceOf(JsonException.class);
    }

    @Test
    void bytesMustBeUtf8() {
        assertThat(JsonReader.parse("\"é\"".getBytes(StandardCharsets.UTF_8)).string())
                .isEqualTo("é");
        assertThatThrownBy(() -> JsonReader.parse(new byte[] {'"', (byte) 0xC3, '"'}))
                .isInstanceOf(JsonException.class)
                .hasMessageContaining("UTF-8");
    }

    @Test
    void aWrongTypeIsNamedByItsPath() {
        JsonNode root = JsonReader.parse("{\"layers\": [{\"size\": 2.5, \"name\": \"conv\"}]}");
        JsonNode layer = root.get("layers").items().get(0);
        assertThatThrownBy(() -> layer.get("size").integer(0, 9))
                .isInstanceOf(JsonException.class)
                .hasMessageContaining("layers[0].size = 2.5; expected a whole number from 0 to 9");
        assertThatThrownBy(() -> layer.get("name").number()).hasMessageContaining("the string 'conv'");
        assertThatThrownBy(() -> layer.get("kind")).hasMessageContaining("layers[0] without the key 'kind'");
        assertThatThrownBy(root::string).hasMessageContaining("document = an object; expected a string");
        assertThatThrownBy(() -> JsonReader.parse("10").integer(0, 9)).hasMessageContaining("from 0 to 9");
        assertThatThrownBy(() -> JsonReader.parse("99999999999999999999").integer(0, Long.MAX_VALUE))
                .isInstanceOf(JsonException.class);
    }
}
