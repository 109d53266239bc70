package org.quantvoice.spark;

import java.io.File;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.PathMatcher;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.quantvoice.error.AudioFormatException;
import org.quantvoice.error.OutputException;

/** Lists the files of a batch, each once, by their full paths. */
final class Listing {
    private final Configuration conf;
    private final PathMatcher names;
    private final Map<String, Listed> files = new TreeMap<>();
    private final List<Path> folders = new ArrayList<>();

    /**
     * A file with the few facts that a batch needs, because an archive has many files.
     *
     * @param length bytes
     * @param modified milliseconds since 1970
     */
    record Listed(String path, long length, long modified) {
        static Listed of(FileStatus file) {
            return new Listed(file.getPath().toString(), file.getLen(), file.getModificationTime());
        }
    }

    private Listing(Configuration conf, String glob) {
        this.conf = conf;
        names = FileSystems.getDefault().getPathMatcher("glob:" + glob);
    }

    /**
     * @throws AudioFormatException if an input is missing, cannot be listed, or there is no file
     * @throws OutputException if the output lies among the inputs
     */
    static Listing of(Configuration conf, BatchOptions options) {
        Listing listing = new Listing(conf, options.glob());
        options.inputs().forEach(listing::add);
        Path output = path(conf, options.output());
        for (Path folder : listing.folders) {
            if (isBelow(output, folder)) {
                throw new OutputException(
                        "output " + output + " in the input " + folder,
                        "an output beside the inputs",
                        "choose another folder");
            }
        }
        if (listing.files.isEmpty()) {
            throw new AudioFormatException(
                    "no file in " + String.join(", ", options.inputs()),
                    "recordings" + (options.glob().equals("*") ? "" : " whose names match " + options.glob()),
                    "check the folder");
        }
        return listing;
    }

    /** Returns a path of the default file system, in which no character is an escape, or that of an address. */
    static Path path(Configuration conf, String text) {
        try {
            boolean local = FileSystem.getDefaultUri(conf).getScheme().equals("file");
            Path path = !isAddress(text) && local
                    ? new Path("file", null, new File(text).getAbsolutePath())
                    : new Path(text);
            return path.getFileSystem(conf).makeQualified(path);
        } catch (IOException | IllegalArgumentException e) {
            throw new AudioFormatException(
                    text + ", which is no path (" + e.getMessage() + ")", "a file or a folder", "check the path", e);
        }
    }

    /**
     * Returns whether a text is an address that names a file system; a file's name may have a colon too, but no slash
     * behind it.
     */
    static boolean isAddress(String text) {
        return text.matches("[A-Za-z][A-Za-z0-9+.-]+:/.*");
    }

    private void add(String input) {
        Path path = path(conf, input);
        try {
            FileSystem system = path.getFileSystem(conf);
            FileStatus status = system.getFileStatus(path);
            if (status.isFile()) {
                files.put(path.toString(), Listed.of(status));
                folders.add(path.getParent());
                return;
            }
            folders.add(path);
            if (system.getUri().getScheme().equals("file")) {
                walk(system, path);
            } else {
                addAll(system.listFiles(path, true), path);
            }
        } catch (FileNotFoundException e) {
            throw new AudioFormatException("no file or folder " + input, "recordings", "check the path", e);
        } catch (IOException e) {
            throw new AudioFormatException(
                    input + ": " + e, "a folder that can be listed", "check the path and its permissions", e);
        }
    }

    /**
     * Adds the files below a local folder. Hadoop's {@code listFiles} would start a process for each file to read its
     * permissions.
     */
    private void walk(FileSystem system, Path root) throws IOException {
        Deque<Path> open = new ArrayDeque<>(List.of(root));
        while (!open.isEmpty()) {
            for (FileStatus status : system.listStatus(open.pop())) {
                if (status.isDirectory()) {
                    open.push(status.getPath());
                } else {
                    addVisible(status, root);
                }
            }
        }
    }

    private void addAll(RemoteIterator<LocatedFileStatus> all, Path root) throws IOException {
        while (all.hasNext()) {
            addVisible(all.next(), root);
        }
    }

    private void addVisible(FileStatus file, Path root) {
        if (isVisible(file.getPath(), root)
                && names.matches(java.nio.file.Path.of(file.getPath().getName()))) {
            files.put(file.getPath().toString(), Listed.of(file));
        }
    }

    private static boolean isVisible(Path file, Path root) {
        for (Path p = file; p != null && p.depth() > root.depth(); p = p.getParent()) {
            if (p.getName().startsWith(".") || p.getName().startsWith("_")) {
                return false;
            }
        }
        return true;
    }

    private static boolean isBelow(Path path, Path folder) {
        for (Path p = path; p != null; p = p.getParent()) {
            if (p.equals(folder)) {
                return true;
            }
        }
        return false;
    }

    List<Listed> files() {
        return List.copyOf(files.values());
    }

    /** Returns the deepest folder that holds all inputs. Names of outputs are relative to it. */
    Path base() {
        Path base = folders.stream().min(Comparator.comparingInt(Path::depth)).orElseThrow();
        for (Path folder : folders) {
            while (!isBelow(folder, base) && base.getParent() != null) {
                base = base.getParent();
            }
        }
        return base;
    }
}
