package org.quantvoice.spark;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.Serializable;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;
import org.quantvoice.audio.AudioFiles;
import org.quantvoice.audio.AudioOptions;
import org.quantvoice.audio.AudioSource;
import org.quantvoice.audio.AudioStream;
import org.quantvoice.error.AudioFormatException;

/** Opens recordings on any machine, through Hadoop's file systems with the driver's settings. */
final class Recordings implements Serializable {
    private static final long serialVersionUID = 1L;

    private final SerializableConfiguration settings;

    Recordings(SparkSession spark) {
        settings = new SerializableConfiguration(spark.sessionState().newHadoopConf());
    }

    /** Returns the status of a file of any file system; no character of the path is an escape. */
    FileStatus status(String path) {
        try {
            return fileSystem(path).getFileStatus(new Path(path));
        } catch (FileNotFoundException e) {
            throw missing(path, e);
        } catch (IOException | IllegalArgumentException e) {
            throw unreadable(path, e);
        }
    }

    /**
     * Opens a recording.
     *
     * @throws AudioFormatException if it is missing, unreadable or no recording
     */
    AudioStream open(String path) {
        try {
            FileSystem files = fileSystem(path);
            Path file = new Path(path);
            FileStatus status = files.getFileStatus(file);
            if (status.isDirectory()) {
                throw new AudioFormatException(path + ", a folder", "a recording", "name the files in it");
            }
            HadoopChannel channel = new HadoopChannel(files.open(file), status.getLen());
            return AudioFiles.open(AudioSource.of(channel, path), AudioOptions.DEFAULT);
        } catch (FileNotFoundException e) {
            throw missing(path, e);
        } catch (IOException | IllegalArgumentException e) {
            throw unreadable(path, e);
        }
    }

    /**
     * Opens a recording that is in memory.
     *
     * @param path its name in messages
     */
    static AudioStream open(byte[] content, String path) {
        return AudioFiles.open(AudioSource.of(new BytesChannel(content), path), AudioOptions.DEFAULT);
    }

    private FileSystem fileSystem(String path) throws IOException {
        Configuration conf = settings.value();
        FileSystem files = new Path(path).getFileSystem(conf);
        // Hadoop's checksummed view of local files fails for names with a colon, so the raw view is used.
        return files instanceof LocalFileSystem local ? local.getRawFileSystem() : files;
    }

    private static AudioFormatException missing(String path, IOException cause) {
        return new AudioFormatException(
                "no file " + path, "an audio file", "check whether it was moved or removed meanwhile", cause);
    }

    private static AudioFormatException unreadable(String path, Exception cause) {
        return new AudioFormatException(
                path + ": " + cause, "a readable audio file", "check the path and its permissions", cause);
    }
}
