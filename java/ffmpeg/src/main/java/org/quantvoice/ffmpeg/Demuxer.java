package org.quantvoice.ffmpeg;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_CAP_EXPERIMENTAL;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_ADPCM_IMA_QT;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_FIRST_AUDIO;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_FLAC;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_OPUS;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_SPEEX;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_VORBIS;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_PROP_LOSSLESS;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_PROP_LOSSY;
import static org.bytedeco.ffmpeg.global.avcodec.av_codec_is_decoder;
import static org.bytedeco.ffmpeg.global.avcodec.av_codec_iterate;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_descriptor_get;
import static org.bytedeco.ffmpeg.global.avformat.AVFMT_DURATION_FROM_BITRATE;
import static org.bytedeco.ffmpeg.global.avformat.av_read_frame;
import static org.bytedeco.ffmpeg.global.avformat.avformat_alloc_context;
import static org.bytedeco.ffmpeg.global.avformat.avformat_close_input;
import static org.bytedeco.ffmpeg.global.avformat.avformat_find_stream_info;
import static org.bytedeco.ffmpeg.global.avformat.avformat_open_input;
import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_AUDIO;
import static org.bytedeco.ffmpeg.global.avutil.AV_LOG_INFO;
import static org.bytedeco.ffmpeg.global.avutil.AV_LOG_QUIET;
import static org.bytedeco.ffmpeg.global.avutil.AV_NOPTS_VALUE;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_free;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_set;
import static org.bytedeco.ffmpeg.global.avutil.av_log_get_level;
import static org.bytedeco.ffmpeg.global.avutil.av_log_set_level;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecDescriptor;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.javacpp.PointerPointer;
import org.bytedeco.javacpp.PointerScope;
import org.quantvoice.audio.AudioOptions;
import org.quantvoice.audio.AudioSource;
import org.quantvoice.error.AudioFormatException;

/** Reads the packets of one audio track of a container. */
final class Demuxer implements AutoCloseable {
    /**
     * The containers that may be opened. Those that name other files or addresses (playlists, scripts, image sequences)
     * are left out, and so are raw formats, which any bytes would match.
     */
    private static final String CONTAINERS = "aac,ac3,aiff,amr,amrnb,amrwb,ape,asf,au,avi,caf,dts,eac3,flac,flv,gsm,"
            + "matroska,webm,mov,mp4,m4a,3gp,3g2,mj2,mp3,mpc,mpc8,mpeg,mpegts,mxf,nut,ogg,sox,tak,tta,voc,w64,wav,wv,xwma";

    /**
     * The result of {@link #read} where an audio track begins that was not there at the start, or the codec changes.
     */
    static final int NEW_TRACK = Integer.MIN_VALUE;

    /** The first bytes of an Ogg stream of each codec; no packet of the other codecs starts with them. */
    private static final Map<String, Integer> OGG_MAGIC = Map.of(
            "\u0001vorbis", AV_CODEC_ID_VORBIS,
            "OpusHead", AV_CODEC_ID_OPUS,
            "\u007fFLAC", AV_CODEC_ID_FLAC,
            "Speex   ", AV_CODEC_ID_SPEEX);

    private static final int OGG_MAGIC_LENGTH = 8;
    private static final double MICROSECONDS = 1e6;
    private static final String DECODERS = audioDecoders();

    static {
        if (av_log_get_level() == AV_LOG_INFO) {
            // the default level prints messages; a level that the application chose stays
            av_log_set_level(AV_LOG_QUIET);
        }
    }

    private final AudioSource source;
    private final SourceIo io;
    private final AVFormatContext format;
    private final AVStream stream;
    private final int codec;
    private final int knownStreams;
    private boolean closed;

    /** Opens the container and finds the track. If that fails, everything that was opened is closed again. */
    Demuxer(AudioSource source, AudioOptions options) {
        this.source = source;
        this.io = new SourceIo(source);
        this.format = avformat_alloc_context();
        format.pb(io.context());
        try {
            openInput();
            check(avformat_find_stream_info(format, (PointerPointer<?>) null), "no stream that FFmpeg understands");
            this.stream = audioStream(options.track());
            this.codec = stream.codecpar().codec_id();
            this.knownStreams = format.nb_streams();
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private static String audioDecoders() {
        List<String> names = new ArrayList<>();
        try (PointerScope scope = new PointerScope();
                PointerPointer<?> place = new PointerPointer<>(1).put(0, null)) {
            for (AVCodec codec = av_codec_iterate(place); codec != null; codec = av_codec_iterate(place)) {
                boolean wanted = codec.type() == AVMEDIA_TYPE_AUDIO && av_codec_is_decoder(codec) != 0;
                if (wanted && (codec.capabilities() & AV_CODEC_CAP_EXPERIMENTAL) == 0) {
                    names.add(codec.name().getString());
                }
            }
        }
        return String.join(",", names);
    }

    private void openInput() {
        AVDictionary options = new AVDictionary(null);
        av_dict_set(options, "format_whitelist", CONTAINERS, 0);
        av_dict_set(options, "codec_whitelist", DECODERS, 0);
        int result = avformat_open_input(format, (String) null, null, options);
        av_dict_free(options);
        check(result, "no recording that FFmpeg recognises");
    }

    private void check(int result, String got) {
        io.rethrow();
        if (result < 0) {
            throw source.failure(
                    got + " (" + FfmpegError.text(result) + ", at byte " + source.position() + ")",
                    "a whole recording in a usual format",
                    source.seekable()
                            ? "play the file to see whether it is whole"
                            : "pass the file itself if this is a pipe: the index of some files is at their end");
        }
    }

    private AVStream audioStream(int track) {
        int found = 0;
        boolean others = false;
        for (int i = 0; i < format.nb_streams(); i++) {
            AVStream candidate = format.streams(i);
            boolean audio = candidate.codecpar().codec_type() == AVMEDIA_TYPE_AUDIO;
            others |= !audio;
            if (audio && ++found == track) {
                return candidate;
            }
        }
        throw source.failure(
                found == 0 && others ? "a video or a picture without sound" : found + " audio tracks",
                "an audio track of number " + track,
                found == 0 ? "pass a recording with sound" : "choose one of tracks 1 to " + found);
    }

    AVStream stream() {
        return stream;
    }

    /** Returns whether the codec has no delay, because it is PCM of any law or lossless. */
    boolean isWithoutDelay() {
        if (codec >= AV_CODEC_ID_FIRST_AUDIO && codec < AV_CODEC_ID_ADPCM_IMA_QT) {
            return true;
        }
        AVCodecDescriptor descriptor = avcodec_descriptor_get(codec);
        int kinds = AV_CODEC_PROP_LOSSLESS | AV_CODEC_PROP_LOSSY;
        return descriptor != null && (descriptor.props() & kinds) == AV_CODEC_PROP_LOSSLESS;
    }

    /** Returns the seconds from the start of the file to that of the track's clock. */
    double startTime() {
        return format.start_time() == AV_NOPTS_VALUE ? 0 : format.start_time() / MICROSECONDS;
    }

    /**
     * Returns the seconds of the track, if the file says so and FFmpeg did not guess. The length of the file is not
     * used, as it may be that of a video.
     */
    OptionalDouble duration() {
        if (format.duration_estimation_method() == AVFMT_DURATION_FROM_BITRATE) {
            return OptionalDouble.empty();
        }
        if (stream.duration() > 0) {
            return OptionalDouble.of((double) stream.duration()
                    * stream.time_base().num()
                    / stream.time_base().den());
        }
        boolean known = format.nb_streams() == 1 && format.duration() > 0;
        return known ? OptionalDouble.of(format.duration() / MICROSECONDS) : OptionalDouble.empty();
    }

    /**
     * Reads the track's next packet.
     *
     * @return 0, or FFmpeg's error code: {@link #NEW_TRACK}, or at the end that of the end of a file
     * @throws AudioFormatException when the source cannot be read
     */
    int read(AVPacket packet) {
        while (true) {
            int result = av_read_frame(format, packet);
            io.rethrow();
            if (result < 0) {
                return result;
            }
            if (packet.stream_index() == stream.index()) {
                return stream.codecpar().codec_id() == codec && !startsAnotherCodec(packet) ? 0 : NEW_TRACK;
            }
            int index = packet.stream_index();
            av_packet_unref(packet);
            if (index >= knownStreams && format.streams(index).codecpar().codec_type() == AVMEDIA_TYPE_AUDIO) {
                return NEW_TRACK;
            }
        }
    }

    /**
     * Returns whether a packet is the header of another stream. Where a second Ogg file follows the first, FFmpeg
     * returns its header as a packet of sound, whatever its codec is.
     */
    private boolean startsAnotherCodec(AVPacket packet) {
        byte[] start = new byte[Math.min(OGG_MAGIC_LENGTH, packet.size())];
        packet.data().get(start);
        String magic = new String(start, StandardCharsets.ISO_8859_1);
        return OGG_MAGIC.entrySet().stream().anyMatch(m -> magic.startsWith(m.getKey()) && m.getValue() != codec);
    }

    long position() {
        return source.position();
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            if (!format.isNull()) { // FFmpeg has freed the context if it could not be opened
                avformat_close_input(format);
            }
            io.close();
        }
    }
}
