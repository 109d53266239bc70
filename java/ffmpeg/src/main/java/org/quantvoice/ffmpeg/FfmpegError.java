package org.quantvoice.ffmpeg;

import static org.bytedeco.ffmpeg.global.avutil.av_strerror;

import java.nio.charset.StandardCharsets;

/** FFmpeg's own words for its error codes. */
final class FfmpegError {
    private static final int LENGTH = 256;

    private FfmpegError() {}

    static String text(int code) {
        byte[] text = new byte[LENGTH];
        if (av_strerror(code, text, LENGTH) < 0) {
            return "error " + code;
        }
        int end = 0;
        while (text[end] != 0) {
            end++;
        }
        return new String(text, 0, end, StandardCharsets.UTF_8);
    }
}
