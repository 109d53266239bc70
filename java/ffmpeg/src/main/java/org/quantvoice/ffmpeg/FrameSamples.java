package org.quantvoice.ffmpeg;

import static org.bytedeco.ffmpeg.global.avutil.AV_SAMPLE_FMT_DBL;
import static org.bytedeco.ffmpeg.global.avutil.AV_SAMPLE_FMT_FLT;
import static org.bytedeco.ffmpeg.global.avutil.AV_SAMPLE_FMT_S16;
import static org.bytedeco.ffmpeg.global.avutil.AV_SAMPLE_FMT_S32;
import static org.bytedeco.ffmpeg.global.avutil.AV_SAMPLE_FMT_S64;
import static org.bytedeco.ffmpeg.global.avutil.AV_SAMPLE_FMT_U8;
import static org.bytedeco.ffmpeg.global.avutil.av_get_packed_sample_fmt;
import static org.bytedeco.ffmpeg.global.avutil.av_sample_fmt_is_planar;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.javacpp.BytePointer;

/** Converts FFmpeg's frames to interleaved floats in [-1, 1), with the same scales as {@code libswresample}. */
final class FrameSamples {
    private FrameSamples() {}

    /** Returns all samples of a frame, {@code [sample][channel]}, or null if the sample format is unknown. */
    static float[] interleaved(AVFrame frame, int channels) {
        int count = frame.nb_samples();
        int packed = av_get_packed_sample_fmt(frame.format());
        boolean planar = av_sample_fmt_is_planar(frame.format()) != 0;
        int width = width(packed);
        float[] out = new float[Math.multiplyExact(count, channels)];
        int planes = planar ? channels : 1;
        int perPlane = planar ? count : count * channels;
        for (int p = 0; p < planes; p++) {
            BytePointer data = new BytePointer(frame.extended_data(p)).capacity((long) perPlane * width);
            ByteBuffer in = data.asByteBuffer().order(ByteOrder.nativeOrder());
            for (int i = 0; i < perPlane; i++) {
                out[planar ? i * channels + p : i] = sample(packed, in, i);
            }
        }
        return out;
    }

    private static int width(int format) {
        if (format == AV_SAMPLE_FMT_U8) {
            return 1;
        }
        if (format == AV_SAMPLE_FMT_S16) {
            return Short.BYTES;
        }
        if (format == AV_SAMPLE_FMT_S32 || format == AV_SAMPLE_FMT_FLT) {
            return Integer.BYTES;
        }
        if (format == AV_SAMPLE_FMT_DBL || format == AV_SAMPLE_FMT_S64) {
            return Long.BYTES;
        }
        throw new IllegalStateException("got samples of format " + format + "; expected one of FFmpeg's six");
    }

    private static float sample(int format, ByteBuffer in, int i) {
        if (format == AV_SAMPLE_FMT_FLT) {
            return in.getFloat(Float.BYTES * i);
        }
        if (format == AV_SAMPLE_FMT_S16) {
            return in.getShort(Short.BYTES * i) / 32_768f;
        }
        if (format == AV_SAMPLE_FMT_S32) {
            return in.getInt(Integer.BYTES * i) * 0x1p-31f;
        }
        if (format == AV_SAMPLE_FMT_U8) {
            return ((in.get(i) & 0xff) - 128) / 128f;
        }
        return format == AV_SAMPLE_FMT_DBL
                ? (float) in.getDouble(Double.BYTES * i)
                : in.getLong(Long.BYTES * i) * 0x1p-63f;
    }
}
