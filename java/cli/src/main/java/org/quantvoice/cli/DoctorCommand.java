package org.quantvoice.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.quantvoice.cli.Doctor.Check;
import picocli.CommandLine.Command;

/** The command {@code qv doctor}. */
@Command(
        name = "doctor",
        description = "Checks that everything a session needs works on this machine.",
        sortOptions = false)
final class DoctorCommand extends Subcommand {

    @Override
    public Integer call() {
        List<Check> checks = new Doctor().examine();
        boolean healthy = checks.stream().allMatch(Check::ok);
        if (json()) {
            Map<String, Object> map = new LinkedHashMap<>();
            map.put("ok", healthy);
            map.put("checks", checks.stream().map(Check::toMap).toList());
            printJson(map);
        } else {
            checks.forEach(c -> out().printf("%-6s %-14s %s%n", c.ok() ? "ok" : "FAILED", c.name(), c.detail()));
        }
        return healthy ? QuantVoice.OK : QuantVoice.FAILED;
    }
}
