package org.quantvoice.bench.serve;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Puts load on a server of this machine, bounded in count and time.
 *
 * <pre>
 * ServerLoad URL uploads MODEL FILE CLIENTS COUNT          recordings, each client one after the other
 * ServerLoad URL live FILE STREAMS SECONDS MODEL CLIENTS   streams at the speed of speech, with clients that upload beside them
 * ServerLoad URL cut MODEL FILE COUNT EVERY                one request in EVERY is broken off in the middle
 * ServerLoad URL large MODEL BYTES                         one upload of so many bytes of silence
 * </pre>
 *
 * FILE is a 16 kHz mono WAV with 16 bits.
 */
public final class ServerLoad {
    private final URI url;

    private ServerLoad(URI url) {
        if (!List.of("127.0.0.1", "localhost").contains(url.getHost())) {
            throw new IllegalArgumentException("got " + url + "; expected a server on this machine");
        }
        this.url = url;
    }

    /** Runs one of the modes above. */
    public static void main(String[] arguments) throws Exception {
        ServerLoad load = new ServerLoad(URI.create(arguments[0]));
        String[] rest = Arrays.copyOfRange(arguments, 2, arguments.length);
        switch (arguments[1]) {
            case "uploads" -> load.uploads(rest);
            case "live" -> load.live(rest);
            case "cut" -> load.cut(rest);
            case "large" -> load.large(rest);
            default -> throw new IllegalArgumentException("got '" + arguments[1] + "'; expected a mode");
        }
    }

    private void uploads(String[] a) throws Exception {
        byte[] file = Files.readAllBytes(Path.of(a[1]));
        int clients = Integer.parseInt(a[2]);
        int count = Integer.parseInt(a[3]);
        upload(a[0], file, clients, Math.min(count, 4 * clients)); // these uploads warm the server up
        double seconds = upload(a[0], file, clients, count);
        double audio = count * RawUpload.seconds(file);
        print(
                "%d uploads by %d clients in %.2f s: %.1f a second, %.1f times the speed of speech",
                count, clients, seconds, count / seconds, audio / seconds);
    }

    private double upload(String model, byte[] file, int clients, int count) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(clients);
        long begun = System.nanoTime();
        List<Future<Integer>> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add(threads.submit(() -> new RawUpload(url, model).send(file)));
        }
        for (Future<Integer> one : all) {
            if (one.get() != 200) {
                throw new IllegalStateException("got status " + one.get() + "; expected 200");
            }
        }
        threads.shutdown();
        return (System.nanoTime() - begun) / 1e9;
    }

    private void live(String[] a) throws Exception {
        byte[] wav = Files.readAllBytes(Path.of(a[0]));
        int streams = Integer.parseInt(a[1]);
        int seconds = Integer.parseInt(a[2]);
        int clients = Integer.parseInt(a[4]);
        AtomicBoolean ends = new AtomicBoolean();
        ExecutorService threads = Executors.newCachedThreadPool();
        List<Future<Integer>> uploads = new ArrayList<>();
        for (int i = 0; i < clients; i++) {
            uploads.add(threads.submit(() -> {
                int done = 0;
                while (!ends.get()) {
                    done += new RawUpload(url, a[3]).send(wav) == 200 ? 1 : 0;
                }
                return done;
            }));
        }
        LiveClients speakers = new LiveClients(url, wav, streams);
        speakers.speak(seconds);
        ends.set(true);
        int done = 0;
        for (Future<Integer> one : uploads) {
            done += one.get(60, TimeUnit.SECONDS);
        }
        threads.shutdown();
        print("%s; beside them %d recordings of %.1f s", speakers, done, RawUpload.seconds(wav));
    }

    private void cut(String[] a) throws Exception {
        byte[] file = Files.readAllBytes(Path.of(a[1]));
        int count = Integer.parseInt(a[2]);
        int every = Integer.parseInt(a[3]);
        ExecutorService threads = Executors.newFixedThreadPool(8);
        for (int part = 0; part < 4; part++) {
            List<Future<Integer>> all = new ArrayList<>();
            for (int i = 0; i < count / 4; i++) {
                boolean broken = i % every == 0;
                all.add(threads.submit(
                        () -> broken ? new RawUpload(url, a[0]).breakOff(file) : new RawUpload(url, a[0]).send(file)));
            }
            int good = 0;
            for (Future<Integer> one : all) {
                good += one.get() == 200 ? 1 : 0;
            }
            print(
                    "%d of %d answered; resident %.1f MB, recordings %.0f, threads %.0f",
                    good,
                    count / 4,
                    meter("quantvoice_memory_resident_bytes") / 1e6,
                    meter("quantvoice_recordings"),
                    meter("quantvoice_process_threads"));
        }
        threads.shutdown();
    }

    private double meter(String name) throws IOException {
        return new String(
                        url.resolve("metrics").toURL().openStream().readAllBytes(),
                        java.nio.charset.StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                .findFirst()
                .orElse(Double.NaN);
    }

    private void large(String[] a) throws Exception {
        long bytes = Long.parseLong(a[1]);
        long begun = System.nanoTime();
        int status = new RawUpload(url, a[0]).silence(bytes);
        print(
                "an upload of %d bytes: status %d after %.1f s; resident %.1f MB",
                bytes, status, (System.nanoTime() - begun) / 1e9, meter("quantvoice_memory_resident_bytes") / 1e6);
    }

    private static void print(String format, Object... values) {
        System.out.println(String.format(Locale.ROOT, format, values));
    }
}
