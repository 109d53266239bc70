package org.quantvoice.ffmpeg;

import static org.bytedeco.ffmpeg.global.avcodec.AV_PKT_FLAG_CORRUPT;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_alloc_context3;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_decoder;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_free_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_get_name;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_open2;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_to_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_receive_frame;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_send_packet;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EOF;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.presets.avutil.AVERROR_EAGAIN;

import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.jspecify.annotations.Nullable;
import org.quantvoice.audio.AudioSource;
import org.quantvoice.error.AudioFormatException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Decodes the frames of a track. */
final class TrackDecoder implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TrackDecoder.class);

    private final AudioSource source;
    private final Demuxer demuxer;
    private final boolean strict;
    private final AVCodecContext codec;
    private final AVPacket packet = av_packet_alloc();
    private final AVFrame frame = av_frame_alloc();
    private boolean flushing;
    /** The damage of the packet that was read last; null if there is none. */
    private @Nullable String lastDamage;

    private long damaged;

    TrackDecoder(AudioSource source, Demuxer demuxer, boolean strict) {
        this.source = source;
        this.demuxer = demuxer;
        this.strict = strict;
        AVCodecParameters parameters = demuxer.stream().codecpar();
        AVCodec found = avcodec_find_decoder(parameters.codec_id());
        this.codec = avcodec_alloc_context3(found);
        try {
            open(parameters, found);
        } catch (AudioFormatException e) {
            close();
            throw e;
        }
    }

    private void open(AVCodecParameters parameters, @Nullable AVCodec found) {
        int result = found == null ? -1 : avcodec_parameters_to_context(codec, parameters);
        if (result >= 0) {
            codec.pkt_timebase(demuxer.stream().time_base());
            codec.thread_count(1); // audio decoders do not use more threads
            result = avcodec_open2(codec, found, (AVDictionary) null);
        }
        if (result < 0) {
            String name = avcodec_get_name(parameters.codec_id()).getString();
            throw source.failure(
                    "audio of codec " + name + " that cannot be decoded"
                            + (found == null ? "" : " (" + FfmpegError.text(result) + ")"),
                    "a codec of FFmpeg's and a header that is whole",
                    "convert the file to FLAC with a program that knows it");
        }
    }

    /**
     * Returns the next frame, valid until the next call, or null at the end.
     *
     * @throws AudioFormatException when the source cannot be read, or a packet is damaged and the reading is strict
     */
    @Nullable
    AVFrame next() {
        while (true) {
            int result = avcodec_receive_frame(codec, frame);
            if (result >= 0) {
                return frame;
            }
            if (result == AVERROR_EOF) {
                return null;
            }
            if (result != AVERROR_EAGAIN()) {
                damage(FfmpegError.text(result));
            }
            if (result == AVERROR_EAGAIN() || !flushing) {
                feed();
            }
        }
    }

    private void feed() {
        if (flushing) {
            return;
        }
        int result = demuxer.read(packet);
        if (result < 0) {
            flushing = true;
            if (result != AVERROR_EOF) {
                damage(
                        result == Demuxer.NEW_TRACK
                                ? "audio of another codec that begins midway"
                                : FfmpegError.text(result));
            }
            avcodec_send_packet(codec, null);
            return;
        }
        lastDamage = null;
        if ((packet.flags() & AV_PKT_FLAG_CORRUPT) != 0) {
            damage("a packet that is not whole");
        }
        int sent = avcodec_send_packet(codec, packet);
        av_packet_unref(packet);
        if (sent < 0) {
            damage(FfmpegError.text(sent));
        }
    }

    private void damage(String what) {
        lastDamage = what + " at byte " + demuxer.position();
        damaged++;
        if (strict) {
            throw source.failure(lastDamage, "packets that can be decoded", "fetch the file again: it is damaged");
        }
        LOG.debug("{}: {}", source.name(), lastDamage);
    }

    /** Returns the damage of the last packet, with which the recording breaks off, or null if there is none. */
    @Nullable
    String lastDamage() {
        return lastDamage;
    }

    /** Returns how many packets were damaged so far. */
    long damaged() {
        return damaged;
    }

    @Override
    public void close() {
        av_frame_free(frame);
        av_packet_free(packet);
        avcodec_free_context(codec);
    }
}
