#!/usr/bin/env bash
# Makes the recordings of this folder: FFMPEG=path-to-ffmpeg ./make.sh, with an FFmpeg that has the encoders (the program in the
# jar org.bytedeco:ffmpeg does, for AMR; Debian's for the rest). The sound is a chirp, made here.
set -euo pipefail
ffmpeg=${FFMPEG:-ffmpeg}
amr=${FFMPEG_AMR:-$ffmpeg}
sound="aevalsrc=0.4*sin(2*PI*(200+900*t)*t)*exp(-4*(t-0.3)^2)+0.05*sin(5000*t*t):s=16000:d=0.6,aformat=sample_fmts=s16"
long="${sound/d=0.6,/d=2,}"
make() { name=$1; shift; "$ffmpeg" -v error -y -f lavfi -i "$sound" -bitexact "$@" "$name"; }
sound=$long make cbr.mp3 -c:a libmp3lame -b:a 32k
make vbr.mp3 -c:a libmp3lame -q:a 6
make stereo44.mp3 -ar 44100 -ac 2 -c:a libmp3lame -b:a 64k
make low.aac -ar 22050 -c:a aac -b:a 32k
make plain.aac -ar 44100 -c:a aac -b:a 48k
sound=$long make sound.m4a -c:a aac -b:a 32k -movflags +faststart
sound=$long make alac.m4a -c:a alac
make vorbis.ogg -c:a libvorbis
make vorbis8.ogg -ar 8000 -c:a libvorbis
make opus.opus -c:a libopus -b:a 24k
make opus8.opus -ac 8 -c:a libopus -b:a 64k
make opus.webm -c:a libopus -b:a 24k
make flac.oga -c:a flac
sound=$long make aac.mkv -c:a aac -b:a 32k
sound=$long make wma.wma -c:a wmav2 -b:a 32k
make sound.aiff -c:a pcm_s16be
make mulaw.au -ar 8000 -c:a pcm_mulaw
make gsm.wav -ar 8000 -c:a libgsm_ms
"$amr" -v error -y -f lavfi -i "$sound" -bitexact -ar 8000 -c:a libopencore_amrnb narrow.amr
"$amr" -v error -y -f lavfi -i "$sound" -bitexact -c:a libvo_amrwbenc wide.amr
picture="color=c=gray:s=32x32:r=5:d=0.6"
"$ffmpeg" -v error -y -f lavfi -i "$picture" -bitexact -c:v mpeg4 mute.mp4
"$ffmpeg" -v error -y -f lavfi -i "$picture" -f lavfi -i "$sound" -f lavfi -i "sine=440:r=16000:d=0.6" \
    -map 0 -map 1 -map 2 -bitexact -c:v mpeg4 -c:a aac -b:a 24k tracks.mp4
# What FFmpeg 8.0.1 itself decodes, in 16 bits: the oracle.
for file in *.mp3 *.aac *.m4a *.ogg *.opus *.webm *.oga *.mkv *.wma *.aiff *.au *.wav *.amr tracks.mp4; do
  "$amr" -v error -y -i "$file" -map 0:a:0 -bitexact -c:a flac -sample_fmt s16 "$file.flac"
  metaflac --remove --block-type=PADDING,VORBIS_COMMENT --dont-use-padding "$file.flac"
done
