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
 * Which operators code may name: those of a list, all of which compute. The list is {@code operators.txt} beside this class; it has
 * the other operators of libtorch too that values have as methods. Libtorch's newer operators are in neither until they are looked at.
 */
final class OperatorNames {
    /** Namespace of operators that are written as {@code torch.NAME} and as methods of values. */
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

    /** Whether code may name an operator. */
    static boolean allows(String namespace, String name) {
        return ALLOWED.getOrDefault(namespace, Set.of()).contains(name);
    }

    /** Whether a name behind a dot could be an operator that code may not name. */
    static boolean refusesMethod(String name) {
        return REFUSED_METHODS.contains(name);
    }
}
