package org.quantvoice.spark;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.sql.SparkSession;

/** Spark's standalone cluster on this machine: a master and workers of one core, each a process, as are their executors. */
final class StandaloneCluster implements AutoCloseable {
    private static final Pattern ADDRESS = Pattern.compile("Starting Spark master at (spark://\\S+)");
    private static final long PATIENCE_MINUTES = 5;

    private final Path dir;
    private final String address;
    private final List<Process> processes = new ArrayList<>();

    /** @param dir for logs and what executors have on disk */
    StandaloneCluster(Path dir) throws IOException, InterruptedException {
        this.dir = dir;
        Files.createDirectories(dir.resolve("home/jars"));
        Path log = start("master", "org.apache.spark.deploy.master.Master", "--port", "0", "--webui-port", "0");
        Matcher found = ADDRESS.matcher("");
        await("a master's address in " + log, () -> found.reset(Files.readString(log))
                .find());
        address = found.group(1);
    }

    /** A condition that a test waits for. */
    interface Condition {
        boolean holds() throws IOException;
    }

    static void await(String what, Condition condition) throws IOException, InterruptedException {
        long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(PATIENCE_MINUTES);
        while (!condition.holds()) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("waited in vain for " + what);
            }
            Thread.sleep(20);
        }
    }

    /** Starts another worker of one core. */
    Process addWorker() throws IOException {
        String name = "worker" + processes.size();
        start(
                name,
                "org.apache.spark.deploy.worker.Worker",
                "--port",
                "0",
                "--webui-port",
                "0",
                "--cores",
                "1",
                "--memory",
                "1g",
                "--work-dir",
                dir.resolve(name).toString(),
                address);
        return processes.get(processes.size() - 1);
    }

    private Path start(String name, String main, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(ProcessHandle.current().info().command().orElseThrow());
        command.addAll(List.of("-Xmx256m", "-Dlog4j2.configurationFile=org/apache/spark/log4j2-defaults.properties"));
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(a -> a.startsWith("--add-opens"))
                .forEach(command::add);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main, "--host", "127.0.0.1"));
        command.addAll(List.of(arguments));
        Path log = dir.resolve(name + ".log");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().put("SPARK_HOME", dir.resolve("home").toString());
        builder.environment().put("SPARK_SCALA_VERSION", "2.13");
        builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
        processes.add(builder.start());
        return log;
    }

    /** An application of its own on it. */
    SparkSession session() {
        return LocalSpark.start(
                "spark.master", address,
                "spark.executor.memory", "512m",
                "spark.executor.cores", "1",
                "spark.executor.extraClassPath", System.getProperty("java.class.path"),
                "spark.excludeOnFailure.enabled", "true");
    }

    /** Executors that Spark may give tasks to. */
    static int executors(SparkSession spark) {
        return spark.sparkContext().statusTracker().getExecutorInfos().length - 1; // the driver is one too
    }

    /** The processes of executors, as they are now. */
    List<ProcessHandle> executorProcesses() {
        return processes.stream().flatMap(p -> p.toHandle().children()).toList();
    }

    @Override
    public void close() throws InterruptedException {
        for (Process process : processes) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly().waitFor();
        }
    }
}
