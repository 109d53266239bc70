package org.quantvoice.spark;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.PositionedReadable;
import org.apache.hadoop.fs.Seekable;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.security.AccessControlException;
import org.apache.hadoop.util.Progressable;

/**
 * Files in this JVM's memory, {@code memory:/...}: what reads or writes them goes through Hadoop's FileSystem and nothing else. What
 * is named {@code forbidden} may not be opened or listed, and {@code broken} fails in its middle, as on a disk that does.
 */
public final class MemoryFileSystem extends FileSystem {
    /** The setting that makes the scheme known to Spark. */
    static final String SETTING = "spark.hadoop.fs.memory.impl";

    private static final URI ADDRESS = URI.create("memory:///");
    private static final NavigableMap<String, Entry> ENTRIES = new ConcurrentSkipListMap<>();

    /** @param content null: a folder */
    private record Entry(byte[] content, long modified) {}

    @Override
    public void initialize(URI name, Configuration conf) throws IOException {
        super.initialize(name, conf);
        setConf(conf);
        mkdirs(new Path("/"), FsPermission.getDirDefault());
    }

    @Override
    public URI getUri() {
        return ADDRESS;
    }

    @Override
    public String getScheme() {
        return "memory";
    }

    private String key(Path path) {
        return makeQualified(path).toUri().getPath();
    }

    @Override
    public FileStatus getFileStatus(Path path) throws IOException {
        Entry entry = ENTRIES.get(key(path));
        if (entry == null) {
            throw new FileNotFoundException(path.toString());
        }
        long length = entry.content == null ? 0 : entry.content.length;
        return new FileStatus(length, entry.content == null, 1, 1 << 20, entry.modified, makeQualified(path));
    }

    @Override
    public FileStatus[] listStatus(Path path) throws IOException {
        if (getFileStatus(path).isFile()) {
            return new FileStatus[] {getFileStatus(path)};
        }
        requireAllowed(path);
        String folder = key(path).equals("/") ? "/" : key(path) + "/";
        java.util.List<FileStatus> found = new java.util.ArrayList<>();
        for (String name : ENTRIES.tailMap(folder, false).keySet()) {
            if (!name.startsWith(folder)) {
                break;
            }
            if (name.indexOf('/', folder.length()) < 0) {
                found.add(getFileStatus(new Path("memory", null, name)));
            }
        }
        return found.toArray(FileStatus[]::new);
    }

    @Override
    public boolean mkdirs(Path path, FsPermission permission) throws IOException {
        for (Path p = makeQualified(path); p != null; p = p.getParent()) {
            Entry there = ENTRIES.putIfAbsent(key(p), new Entry(null, System.currentTimeMillis()));
            if (there != null && there.content != null) {
                throw new FileAlreadyExistsException(p.toString());
            }
        }
        return true;
    }

    @Override
    public FSDataInputStream open(Path path, int bufferSize) throws IOException {
        if (getFileStatus(path).isDirectory()) {
            throw new FileNotFoundException(path + ", a folder");
        }
        requireAllowed(path);
        byte[] content = ENTRIES.get(key(path)).content;
        boolean broken = path.getName().startsWith("broken");
        return new FSDataInputStream(new Content(content, broken ? content.length / 2 : Integer.MAX_VALUE));
    }

    private static void requireAllowed(Path path) throws IOException {
        if (path.getName().startsWith("forbidden")) {
            throw new AccessControlException("Permission denied: " + path);
        }
    }

    @Override
    public FSDataOutputStream create(
            Path path,
            FsPermission permission,
            boolean overwrite,
            int bufferSize,
            short replication,
            long blockSize,
            Progressable progress)
            throws IOException {
        if (!overwrite && exists(path)) {
            throw new FileAlreadyExistsException(path.toString());
        }
        mkdirs(makeQualified(path).getParent(), permission);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream() {
            @Override
            public void close() {
                ENTRIES.put(key(path), new Entry(toByteArray(), System.currentTimeMillis()));
            }
        };
        return new FSDataOutputStream(bytes, statistics);
    }

    @Override
    public FSDataOutputStream append(Path path, int bufferSize, Progressable progress) throws IOException {
        throw new IOException("files that are there are not appended to: " + path);
    }

    @Override
    public boolean rename(Path from, Path to) throws IOException {
        String source = key(from);
        if (!exists(from)) {
            return false;
        }
        boolean into = exists(to) && getFileStatus(to).isDirectory();
        String target = into ? key(new Path(to, from.getName())) : key(to);
        if (ENTRIES.containsKey(target)) {
            return false;
        }
        for (String name : ENTRIES.tailMap(source, true).keySet()) {
            if (name.equals(source) || name.startsWith(source + "/")) {
                ENTRIES.put(target + name.substring(source.length()), ENTRIES.remove(name));
            }
        }
        return true;
    }

    @Override
    public boolean delete(Path path, boolean recursive) throws IOException {
        String folder = key(path);
        if (!recursive
                && exists(path)
                && listStatus(path).length > 0
                && getFileStatus(path).isDirectory()) {
            throw new IOException(path + " is not empty");
        }
        return ENTRIES.keySet().removeIf(name -> name.equals(folder) || name.startsWith(folder + "/"));
    }

    @Override
    public void setWorkingDirectory(Path folder) {
        throw new UnsupportedOperationException("paths are absolute here");
    }

    @Override
    public Path getWorkingDirectory() {
        return new Path("memory", null, "/");
    }

    private static final class Content extends InputStream implements Seekable, PositionedReadable {
        private final byte[] bytes;
        private final int breaksAt;
        private int at;

        private Content(byte[] bytes, int breaksAt) {
            this.bytes = bytes;
            this.breaksAt = breaksAt;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] out, int offset, int length) throws IOException {
            int count = read((long) at, out, offset, length);
            at += Math.max(0, count);
            return count;
        }

        @Override
        public int read(long position, byte[] out, int offset, int length) throws IOException {
            int count = (int) Math.min(length, bytes.length - position);
            if (count <= 0) {
                return length == 0 ? 0 : -1;
            }
            if (position + count > breaksAt) {
                throw new IOException("the disk failed at byte " + breaksAt);
            }
            System.arraycopy(bytes, (int) position, out, offset, count);
            return count;
        }

        @Override
        public void readFully(long position, byte[] out, int offset, int length) throws IOException {
            if (read(position, out, offset, length) < length) {
                throw new EOFException("position " + position + " of " + bytes.length);
            }
        }

        @Override
        public void readFully(long position, byte[] out) throws IOException {
            readFully(position, out, 0, out.length);
        }

        @Override
        public void seek(long position) throws IOException {
            if (position < 0 || position > bytes.length) {
                throw new EOFException("position " + position + " of " + bytes.length);
            }
            at = (int) position;
        }

        @Override
        public long getPos() {
            return at;
        }

        @Override
        public boolean seekToNewSource(long position) {
            return false;
        }
    }
}
