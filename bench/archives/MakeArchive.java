import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import javax.sound.sampled.AudioFileFormat;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import org.quantvoice.audio.AudioFiles;

/**
 * Makes an archive out of the digits' test recordings, the same for the same seed: {@code small FOLDER COUNT SEED}, cuts of 0.5 to
 * 1.5 s; {@code long FOLDER HOURS MINUTES SEED}, recordings of so many minutes.
 */
public final class MakeArchive {
    private static final int RATE = 16_000;
    private static final int FILES_A_FOLDER = 500;

    private final List<float[]> sounds;
    private final Path folder;
    private final Random random;

    private MakeArchive(Path folder, long seed) throws IOException {
        this.folder = folder;
        random = new Random(seed);
        try (Stream<Path> files = Files.list(Path.of(System.getProperty("quantvoice.root"), "models/digits/test"))) {
            sounds = files.filter(f -> f.toString().endsWith(".flac"))
                    .sorted()
                    .map(f -> AudioFiles.read(f).samples())
                    .toList();
        }
    }

    public static void main(String[] args) throws IOException {
        Path folder = Path.of(args[1]);
        long seed = Long.parseLong(args[args.length - 1]);
        MakeArchive archive = new MakeArchive(folder, seed);
        if (args[0].equals("small")) {
            archive.small(Integer.parseInt(args[2]));
        } else {
            archive.recordings(Double.parseDouble(args[2]), Double.parseDouble(args[3]));
        }
    }

    private void small(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            float[] sound = sounds.get(random.nextInt(sounds.size()));
            int length = Math.min(sound.length, RATE / 2 + random.nextInt(RATE));
            int from = random.nextInt(sound.length - length + 1);
            write(i, List.of(Arrays.copyOfRange(sound, from, from + length)));
        }
    }

    private void recordings(double hours, double minutes) throws IOException {
        int count = (int) Math.round(hours * 60 / minutes);
        float[] gap = new float[RATE / 2];
        for (int i = 0; i < count; i++) {
            List<float[]> pieces = new ArrayList<>();
            for (long length = 0; length < minutes * 60 * RATE; ) {
                float[] sound = sounds.get(random.nextInt(sounds.size()));
                pieces.add(sound);
                pieces.add(gap);
                length += sound.length + gap.length;
            }
            write(i, pieces);
        }
    }

    private void write(int number, List<float[]> pieces) throws IOException {
        int length = pieces.stream().mapToInt(p -> p.length).sum();
        ByteBuffer bytes = ByteBuffer.allocate(2 * length).order(ByteOrder.LITTLE_ENDIAN);
        for (float[] piece : pieces) {
            for (float sample : piece) {
                bytes.putShort((short) Math.round(Math.max(-1, Math.min(1, sample)) * Short.MAX_VALUE));
            }
        }
        Path file = folder.resolve(String.format("%03d/%05d.wav", number / FILES_A_FOLDER, number));
        Files.createDirectories(file.getParent());
        AudioFormat format = new AudioFormat(RATE, 16, 1, true, false);
        AudioInputStream in = new AudioInputStream(new ByteArrayInputStream(bytes.array()), format, length);
        AudioSystem.write(in, AudioFileFormat.Type.WAVE, file.toFile());
    }
}
