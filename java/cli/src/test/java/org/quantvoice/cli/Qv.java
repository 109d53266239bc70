package org.quantvoice.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Arrays;

/** Runs the command line inside the test's process. */
public final class Qv {
    public static final Path ROOT = Path.of(System.getProperty("quantvoice.root"));
    public static final Path DIGITS = ROOT.resolve("models/digits");
    public static final Path FLOAT = DIGITS.resolve("model/digits-float.pt");

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private Qv() {}

    public record Result(String command, int code, String out, String err) {
        /** Standard output as the one document that it must be. */
        public JsonNode json() {
            try {
                return JSON.readTree(out);
            } catch (JsonProcessingException e) {
                throw new AssertionError(this + " is not one JSON document", e);
            }
        }

        @Override
        public String toString() {
            return "qv " + command + "\nexit code " + code + "\nstdout: " + out + "\nstderr: " + err;
        }
    }

    public static Result run(Object... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        String[] words = Arrays.stream(args).map(Object::toString).toArray(String[]::new);
        int code = Main.run(new PrintWriter(out), new PrintWriter(err), words);
        return new Result(String.join(" ", words), code, out.toString(), err.toString());
    }
}
