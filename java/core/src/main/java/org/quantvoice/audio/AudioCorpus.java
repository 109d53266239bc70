package org.quantvoice.audio;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.quantvoice.error.CorpusException;

/** A list of recordings with their speakers and, where known, their words. Immutable; never empty. */
public final class AudioCorpus {
    private final List<Item> items;
    private final boolean hasText;

    /**
     * One recording.
     *
     * @param id unique in its corpus
     * @param file the audio, which existed when the corpus was read
     * @param text the words spoken; empty if nothing is said, or in a corpus without texts
     */
    public record Item(String id, String speaker, Path file, String text) {
        public Item {
            Objects.requireNonNull(id, "id");
            Objects.requireNonNull(speaker, "speaker");
            Objects.requireNonNull(file, "file");
            Objects.requireNonNull(text, "text");
        }
    }

    AudioCorpus(List<Item> items, boolean hasText) {
        this.items = List.copyOf(items);
        this.hasText = hasText;
    }

    /**
     * Reads a tab-separated UTF-8 file. Its first line names the columns: {@code id}, {@code speaker} and {@code
     * file} (relative to the tsv), perhaps {@code text}, in any order; other columns and empty lines are skipped.
     *
     * @throws CorpusException with the line's number, when the file is missing, a column or field is missing, an id
     *     occurs twice, bytes are not UTF-8, an audio file does not exist, or there is no row
     */
    public static AudioCorpus tsv(Path file) {
        return new TsvCorpus(file).read();
    }

    /**
     * Returns a corpus of given recordings.
     *
     * @param items recordings, whose order is kept; if any of them has a text, the words of all are known, and an
     *     empty text means that nothing is said
     * @throws CorpusException when there is no recording, an id occurs twice, or a file does not exist
     */
    public static AudioCorpus of(List<Item> items) {
        if (items.isEmpty()) {
            throw new CorpusException("no recording", "1 or more", "pass the recordings");
        }
        Set<String> ids = new HashSet<>();
        for (Item item : items) {
            if (!ids.add(item.id())) {
                throw new CorpusException("the id " + item.id() + " twice", "ids that differ", "rename one of them");
            }
            if (!Files.isRegularFile(item.file())) {
                throw new CorpusException(
                        item.file() + ", which is no file, for the id " + item.id(), "a recording", "correct the path");
            }
        }
        return new AudioCorpus(items, items.stream().anyMatch(i -> !i.text().isEmpty()));
    }

    /**
     * Returns a corpus of files of one speaker whose words are unknown, as calibration needs; the ids are the paths.
     *
     * @throws CorpusException as {@link #of}
     */
    public static AudioCorpus ofFiles(List<Path> files) {
        return of(files.stream().map(f -> new Item(f.toString(), "", f, "")).toList());
    }

    public List<Item> items() {
        return items;
    }

    public int size() {
        return items.size();
    }

    /** Returns whether the recordings' words are known, as error rates need. */
    public boolean hasText() {
        return hasText;
    }

    /**
     * Returns the first {@code count} recordings, or all if there are fewer.
     *
     * @param count 1 or more
     */
    public AudioCorpus limit(int count) {
        if (count < 1) {
            throw new CorpusException("a limit of " + count + " recordings", "1 or more", "raise the limit");
        }
        return new AudioCorpus(items.subList(0, Math.min(count, items.size())), hasText);
    }

    /**
     * Returns a random sample of {@code count} recordings, or all if there are fewer; the same seed gives the same
     * sample everywhere.
     *
     * @param count 1 or more
     */
    public AudioCorpus sample(int count, long seed) {
        List<Item> shuffled = new ArrayList<>(items);
        Collections.shuffle(shuffled, new Random(seed));
        return new AudioCorpus(shuffled, hasText).limit(count);
    }

    /** Returns the speakers, in the order of their first recordings. */
    public List<String> speakers() {
        return items.stream().map(Item::speaker).distinct().toList();
    }

    /**
     * Returns the recordings of one speaker.
     *
     * @throws CorpusException when the speaker has no recording; the message lists the speakers
     */
    public AudioCorpus speaker(String name) {
        List<Item> spoken = items.stream().filter(i -> i.speaker().equals(name)).toList();
        if (spoken.isEmpty()) {
            TreeSet<String> known = new TreeSet<>();
            items.forEach(i -> known.add(i.speaker()));
            throw new CorpusException(
                    "no recording of speaker " + name, "one of " + known, "choose a speaker of this corpus");
        }
        return new AudioCorpus(spoken, hasText);
    }
}
