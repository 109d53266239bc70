package org.quantvoice.torch.archive;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Knows which operators a model's code may name: those of the list {@code operators.txt} beside this class, all of
 * which only compute. The file also lists libtorch's other operators that can be called as methods of values; code may
 * not name these. Operators that are new in libtorch are in neither part until somebody has reviewed them.
 */
final class OperatorNames {
    /** Namespace of the operators that code writes as {@code torch.NAME} or as methods of values. */
    static final String ATEN = "aten";

    private static final String FILE = "operators.txt";
    private static final Map<String, Set<String>> ALLOWED = new HashMap<>();
    private static final Set<String> REFUSED_METHODS = new HashSet<>();

    static {
        read();
    }

    private OperatorNames() {}

    private static void read() {
        try (InputStream in = OperatorNames.class.getResourceAsStream(FILE)) {
            if (in == null) {
                throw new IllegalStateException("got a jar without " + FILE + "; expected it beside its class");
            }
            Set<String> names = REFUSED_METHODS;
            for (String line : new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII))
                    .lines()
                    .toList()) {
                if (line.startsWith("allowed ")) {
                    names = ALLOWED.computeIfAbsent(line.substring("allowed ".length()), n -> new HashSet<>());
                } else if (line.startsWith("refused ")) {
                    names = REFUSED_METHODS;
                } else if (!line.startsWith("#")) {
                    names.addAll(List.of(line.strip().split(" ")));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns whether code may name an operator. */
    static boolean allows(String namespace, String name) {
        return ALLOWED.getOrDefault(namespace, Set.of()).contains(name);
    }

    /** Returns whether a name behind a dot could be an operator that code may not name. */
    static boolean refusesMethod(String name) {
        return REFUSED_METHODS.contains(name);
    }
}
