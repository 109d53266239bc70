"""Runs the command vosk-transcriber of the package vosk with --server, as it is, but for two things: the address, which it has
as a constant, and the model for recognition on its own machine, which it loads even where a server recognises.

usage: vosk_transcriber.py URL OPTION...      the options of vosk-transcriber
"""
import os
import shutil
import sys
import tempfile

import vosk.transcriber.transcriber
from vosk.transcriber import cli

if shutil.which("ffmpeg") is None:
    import imageio_ffmpeg

    folder = tempfile.mkdtemp()
    os.symlink(imageio_ffmpeg.get_ffmpeg_exe(), os.path.join(folder, "ffmpeg"))
    os.environ["PATH"] = folder + os.pathsep + os.environ["PATH"]

url = sys.argv.pop(1)
for option in cli.parser._actions:
    if option.dest == "server":
        option.const = url
vosk.transcriber.transcriber.Model = lambda **ignored: None
cli.main()
