package org.quantvoice.internal.files;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * Checks folders into which nobody but this process's user (and root) can put a file. On systems without POSIX
 * permissions nothing is checked: there a user's folders are private by default.
 */
final class PrivateFolder {
    /** True if this system has POSIX owners and modes, which means that it is not Windows. */
    static final boolean POSIX =
            FileSystems.getDefault().supportedFileAttributeViews().contains("unix");

    private static final int ROOT = 0;
    private static final int STICKY = 01000;

    private PrivateFolder() {}

    /**
     * Makes a folder with the given permissions if it is missing, and checks it.
     *
     * @throws IOException if it cannot be made, is a link, belongs to somebody else, or others may write to it
     */
    static void prepare(Path folder, String permissions) throws IOException {
        if (!POSIX) {
            Files.createDirectories(folder);
            return;
        }
        if (Files.notExists(folder, LinkOption.NOFOLLOW_LINKS)) {
            Files.createDirectories(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions)));
        }
        require(folder);
    }

    /** Removes the write permissions of others from a folder that this user owns. */
    static void close(Path folder) throws IOException {
        if (POSIX && Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS) && owner(folder) == user()) {
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        }
    }

    /** Checks that only this user or root can replace what lies in a folder. */
    private static void require(Path folder) throws IOException {
        PosixFileAttributes attributes = attributes(folder);
        if (!attributes.isDirectory()) {
            throw new IOException(folder + " is no folder, or a link");
        }
        requireOwner(folder);
        if (othersMayWrite(attributes, false)) {
            throw new IOException(folder + " can be written by others than its owner; chmod go-w " + folder);
        }
    }

    /**
     * Checks that nobody can replace a folder by another one: each folder above it belongs to this user or to root,
     * and others may not write to it, unless it has the sticky bit like {@code /tmp}, where users can move only their
     * own files.
     */
    static void requireClosedAbove(Path folder) throws IOException {
        if (!POSIX) {
            return;
        }
        for (Path at = folder.getParent(); at != null; at = at.getParent()) {
            if (Files.exists(at, LinkOption.NOFOLLOW_LINKS)) {
                Path real = at.toRealPath();
                requireOwner(real);
                if (othersMayWrite(attributes(real), true) && (mode(real) & STICKY) == 0) {
                    throw new IOException(real + " can be written by others than its owner");
                }
            }
        }
    }

    /**
     * Lets others read a file in a folder that they may read, such as a folder that was filled when an image was
     * built.
     */
    static void letRead(Path folder, Path file) throws IOException {
        if (POSIX && attributes(folder).permissions().contains(PosixFilePermission.OTHERS_READ)) {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        }
    }

    private static void requireOwner(Path folder) throws IOException {
        int owner = owner(folder);
        if (owner != ROOT && owner != user()) {
            throw new IOException(folder + " belongs to user " + owner + ", not to " + user());
        }
    }

    /**
     * Returns whether others may write. A group with the owner's own name does not count on request, because it has
     * no other members on the systems that make such groups.
     */
    private static boolean othersMayWrite(PosixFileAttributes attributes, boolean ownGroupCounts) {
        Set<PosixFilePermission> permissions = attributes.permissions();
        boolean ownGroup = ownGroupCounts
                && attributes.group().getName().equals(attributes.owner().getName());
        return permissions.contains(PosixFilePermission.OTHERS_WRITE)
                || (permissions.contains(PosixFilePermission.GROUP_WRITE) && !ownGroup);
    }

    private static PosixFileAttributes attributes(Path folder) throws IOException {
        return Files.readAttributes(folder, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    }

    private static int owner(Path path) throws IOException {
        return (int) Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS);
    }

    private static int mode(Path path) throws IOException {
        return (int) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
    }

    /** Returns the number of this process's user, who may have no name, from the owner of what the process makes. */
    private static int user() throws IOException {
        Path self = Path.of("/proc/self");
        if (Files.isDirectory(self)) {
            return (int) Files.getAttribute(self, "unix:uid");
        }
        Path probe = Files.createTempFile("quantvoice-", ".owner");
        try {
            return owner(probe);
        } finally {
            Files.delete(probe);
        }
    }
}
