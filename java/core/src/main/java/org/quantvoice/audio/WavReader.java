package org.quantvoice.audio;

import org.jspecify.annotations.Nullable;

/** Reads RIFF/WAVE and RF64 files: walks the chunks up to "data" and averages the channels. */
final class WavReader {
    /** Size of a chunk that a program wrote to a pipe and so could not go back to fill in. */
    private static final long UNKNOWN = 0xffff_ffffL;

    private static final int RIFF_HEADER = 12;
    private static final int CHUNK_HEADER = 8;

    private final AudioBytes in;
    private final boolean rf64;
    private @Nullable WavFormat format;
    private long longDataSize = -1;

    private WavReader(AudioBytes in) {
        this.in = in;
        this.rf64 = in.hasAscii(0, "RF64");
    }

    static boolean matches(AudioBytes in) {
        return (in.hasAscii(0, "RIFF") || in.hasAscii(0, "RF64")) && in.hasAscii(8, "WAVE");
    }

    static Audio read(AudioBytes in) {
        return new WavReader(in).readChunks();
    }

    private Audio readChunks() {
        long at = RIFF_HEADER;
        while (at + CHUNK_HEADER <= in.length()) {
            int header = (int) at;
            int body = header + CHUNK_HEADER;
            long size = in.u32(header + 4);
            if (in.hasAscii(header, "data")) {
                return readData(body, dataSize(body, size));
            }
            if (body + size > in.length()) {
                throw truncated("a chunk of " + size + " bytes", body);
            }
            if (in.hasAscii(header, "fmt ")) {
                format = WavFormat.parse(in, body, size);
            } else if (in.hasAscii(header, "ds64") && size >= 16) {
                longDataSize = in.i64(body + 8);
            }
            at = body + size + (size & 1);
        }
        throw in.fail(
                "a WAV file of " + in.length() + " bytes without a data chunk",
                "a format chunk and a data chunk",
                "fetch or record the file again: it is truncated");
    }

    private long dataSize(int body, long size) {
        if (rf64 && size == UNKNOWN) {
            return longDataSize;
        }
        boolean piped = size == UNKNOWN && in.u32(4) == UNKNOWN;
        return piped ? in.length() - body : size;
    }

    private Audio readData(int body, long size) {
        if (format == null) {
            throw in.fail(
                    "a data chunk with no format chunk before it",
                    "the format chunk first",
                    "write the file again: its header is damaged");
        }
        if (size < 0 || size > in.length() - body) {
            throw truncated("a data chunk of " + size + " bytes", body);
        }
        if (size % format.blockAlign() != 0) {
            throw in.fail(
                    size + " bytes of samples in blocks of " + format.blockAlign() + " bytes",
                    "whole blocks",
                    "fetch or record the file again: it is truncated or its header is damaged");
        }
        float[] samples = SampleBuffer.allocate(in.name(), size / format.blockAlign());
        average(format, body, samples);
        return in.audio(samples, format.sampleRate());
    }

    private void average(WavFormat wav, int body, float[] samples) {
        WavEncoding encoding = wav.encoding();
        int at = body;
        for (int i = 0; i < samples.length; i++) {
            double sum = 0;
            for (int c = 0; c < wav.channels(); c++) {
                sum += encoding.sample(in, at);
                at += encoding.bytes();
            }
            samples[i] = (float) (sum / wav.channels());
        }
    }

    private RuntimeException truncated(String got, int body) {
        return in.fail(
                got + ", of which the file holds " + (in.length() - body),
                "a file as long as its header claims",
                "fetch or record the file again: it is truncated or its header is damaged");
    }
}
