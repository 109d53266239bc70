/**
 * Decodes what WAV and FLAC are not, by FFmpeg's libavformat and libavcodec in process.
 *
 * <p>FFmpeg is given bytes and never names: it opens no file and no address by itself, also where a recording refers to one.
 * Only containers of {@link org.quantvoice.ffmpeg.FfmpegDecoder}'s list and decoders of audio are let in, so a video's
 * pictures are never decoded. Even so it is a large program in C: see docs/security.md for what that means.
 *
 * <p>Threads: the decoder may be shared; each stream belongs to one thread at a time.
 */
@NullMarked
package org.quantvoice.ffmpeg;

import org.jspecify.annotations.NullMarked;
