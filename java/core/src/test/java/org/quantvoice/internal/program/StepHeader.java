package org.quantvoice.internal.program;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What native/src/exec/step.h declares.
 *
 * @param enums the numbers of each enum by name
 * @param constants numbers of constants, as they are written
 */
record StepHeader(Map<String, Map<String, Integer>> enums, Map<String, String> constants) {
    private static final Path FILE = Path.of("..", "..", "native", "src", "exec", "step.h");

    static StepHeader read() throws IOException {
        return parse(Files.readString(FILE));
    }

    static StepHeader parse(String text) {
        String code = text.replaceAll("//[^\\n]*", "");
        Map<String, String> constants = new LinkedHashMap<>();
        matches("constexpr \\w+ (\\w+) = ([^;]+);", code).forEach(m -> constants.put(m.get(1), m.get(2)));
        Map<String, Map<String, Integer>> enums = new LinkedHashMap<>();
        matches("enum (\\w+) : int64_t \\{([^}]*)\\}", code).forEach(m -> enums.put(m.get(1), numbers(m.get(2))));
        return new StepHeader(enums, constants);
    }

    private static List<List<String>> matches(String pattern, String text) {
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        List<List<String>> found = new ArrayList<>();
        while (matcher.find()) {
            List<String> groups = new ArrayList<>();
            for (int i = 0; i <= matcher.groupCount(); i++) {
                groups.add(matcher.group(i));
            }
            found.add(groups);
        }
        return found;
    }

    private static Map<String, Integer> numbers(String body) {
        Map<String, Integer> numbers = new LinkedHashMap<>();
        for (List<String> each : matches("(\\w+) = (\\d+)", body)) {
            numbers.put(each.get(1), Integer.valueOf(each.get(2)));
        }
        return numbers;
    }
}
