/**
 * Decodes formats other than WAV and FLAC by FFmpeg's libavformat and libavcodec, in this process.
 *
 * <p>FFmpeg gets bytes and never names: it opens no file and no address by itself, not even if a recording refers to
 * one. Only containers of a fixed list and decoders of audio are used, so a video's pictures are never decoded. Even so
 * it is a large program in C: see docs/security.md for what that means.
 *
 * <p>Threads: the decoder may be shared; each stream belongs to one thread at a time.
 */
@NullMarked
package org.quantvoice.ffmpeg;

import org.jspecify.annotations.NullMarked;
