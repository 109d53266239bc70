package org.quantvoice.internal.huggingface.nemo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.internal.json.JsonNode;
import org.quantvoice.internal.json.JsonReader;
import org.quantvoice.internal.json.JsonWriter;

/** Documents that PyYAML wrote, and what it reads in them (yaml_fixtures in nemo_fixtures.py). */
class YamlReaderTest {

    private static String json(String document) {
        return JsonWriter.compact(YamlReader.read("a.yaml", document));
    }

    @Test
    void documentsAreReadAsPyYamlReadsThem() throws IOException {
        try (InputStream in = YamlReaderTest.class.getResourceAsStream("/huggingface/nemo/yaml.json")) {
            JsonNode root = JsonReader.read(in, 1 << 20);
            assertThat(root.items()).hasSizeGreaterThan(5);
            for (JsonNode pair : root.items()) {
                String document = pair.get("yaml").string();
                assertThat(json(document))
                        .as(document)
                        .isEqualTo(pair.get("json").string());
            }
        }
    }

    @Test
    void numbersAreThoseOfTheCoreSchema() {
        assertThat(json("[1.0e-05, 1e20, -.5, 3., 1_000, 0x10, 1.2.3, .inf, 123456789012345678901]"))
                .isEqualTo("[1.0E-5,1.0E20,-0.5,3.0,\"1_000\",16,\"1.2.3\",\".inf\",123456789012345678901]");
    }

    @Test
    void keysAreTexts() {
        assertThat(json("1: a\ntrue: b\n'': c")).isEqualTo("{\"1\":\"a\",\"true\":\"b\",\"\":\"c\"}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "a: &x 1; without anchors",
                "a: *x; without anchors",
                "a: !!python/object:os.system []; without anchors",
                "a: !!binary aGVsbG8=; without anchors",
                "<<: {a: 1}; no merges",
                "{a: 1, a: 2}; one document",
                "[1, 2]]; one document",
            })
    void whatIsNotReadIsRefusedWithItsLine(String document, String message) {
        assertThatThrownBy(() -> YamlReader.read("a.yaml", "first: 1\nb:\n  - " + document + "\n"))
                .as(document)
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("a.yaml")
                .hasMessageContaining("line 3")
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a: 1\na: 2",
                "a: 1\n  b: 2",
                "a: 'open",
                "a: \"\\q\"",
                "a: 'x' y",
                "a: b: c",
                "a: 1\n---\nb: 2",
                "a:\n\tb: 1",
                "a: 1\nno key",
                "- 1\na: 2",
                "[1, 2",
                "a: \u0001",
                "[a]: b",
                "1: a\n'1': b",
                "%YAML 2.0\n---\na: 1"
            })
    void documentsThatContradictThemselvesAreRefused(String document) {
        assertThatThrownBy(() -> YamlReader.read("a.yaml", document)).isInstanceOf(ModelFormatException.class);
    }

    @Test
    void depthIsBounded() {
        for (String document : new String[] {"[".repeat(5000), "- ".repeat(5000) + "1", "{a: ".repeat(5000)}) {
            assertThatThrownBy(() -> YamlReader.read("a.yaml", document))
                    .isInstanceOf(ModelFormatException.class)
                    .hasMessageContaining("48 values in each other");
        }
    }
}
