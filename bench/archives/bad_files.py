"""Recordings that are bad in ten ways, in place of good ones."""

import struct

FLAC = b"fLaC\x00\x00\x00\x22" + bytes(12)


def wav(samples=16_000, rate=16_000, channels=1, codec=1, bits=16, claimed=None):
    data = bytes(2 * samples)
    size = len(data) if claimed is None else claimed
    fields = struct.pack("<HHIIHH", codec, channels, rate, 2 * rate * channels, 2 * channels, bits)
    return b"RIFF" + struct.pack("<I", 36 + size) + b"WAVEfmt " + struct.pack("<I", 16) + fields + b"data" + struct.pack("<I", size) + data


WAYS = {
    "empty": b"",
    "text": b"this is no sound\n" * 20,
    "zeros": bytes(5000),
    "cut in the header": wav()[:30],
    "header without data": wav()[:44],
    "cut FLAC header": FLAC,
    "too short": wav(samples=20),
    "unknown codec": wav(codec=0x7777),
    "no channels": wav(channels=0),
    "no rate": wav(rate=0),
}


def replace(folder, count):
    """Makes the first so many recordings of a folder bad, each way equally often."""
    files = sorted(folder.rglob("*.wav"))[:count]
    for i, file in enumerate(files):
        file.write_bytes(list(WAYS.values())[i % len(WAYS)])
