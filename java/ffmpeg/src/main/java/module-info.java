/**
 * Reads MP3, AAC and M4A, Ogg Vorbis, Opus, WebM, MP4, Matroska, AMR, WMA, AIFF and more, by FFmpeg. The SDK finds this
 * module as a service. On a module path, the natives are modules of their own, {@code org.bytedeco.ffmpeg.linux.x86_64}
 * for example.
 */
module org.quantvoice.ffmpeg {
    requires transitive org.quantvoice.core;
    requires org.bytedeco.ffmpeg;
    requires org.bytedeco.javacpp;
    requires org.slf4j;
    requires static org.jspecify;

    exports org.quantvoice.ffmpeg;

    provides org.quantvoice.audio.AudioDecoder with
            org.quantvoice.ffmpeg.FfmpegDecoder;
}
