package org.quantvoice.checks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;

/** Runs a command that alone sees a memory file system mounted over a folder; nothing outside it changes. */
final class OwnMount {
    private OwnMount() {}

    static Child.Result run(Path folder, String options, List<String> command)
            throws IOException, InterruptedException {
        boolean root = System.getProperty("user.name").equals("root");
        String mount = "mount -t tmpfs -o " + options + " tmpfs '" + folder + "' && exec \"$@\"";
        List<String> wrapped = new ArrayList<>(List.of("unshare", root ? "-m" : "-rm", "sh", "-c"));
        Child.Result possible = Child.run(with(wrapped, mount, List.of("true")), Map.of());
        Assumptions.assumeTrue(possible.code() == 0, () -> "NOT RUN, since nothing can be mounted here: " + possible);
        return Child.run(with(wrapped, mount, command), Map.of());
    }

    private static List<String> with(List<String> start, String script, List<String> command) {
        List<String> all = new ArrayList<>(start);
        all.add(script);
        all.add("sh");
        all.addAll(command);
        return all;
    }
}
