"""Speaks to a server with OpenAI's own client for Python, told nothing but another address and key.

usage: openai_client.py URL KEY RECORDING     prints what the server answered, as one JSON document
"""
import json
import sys

import openai

url, key, recording = sys.argv[1:]
client = openai.OpenAI(base_url=url, api_key=key, max_retries=0)


def transcribe(**options):
    with open(recording, "rb") as audio:
        return client.audio.transcriptions.create(file=audio, model="digits", **options)


def streamed():
    """The deltas and the text of the last event."""
    events = list(transcribe(stream=True))
    deltas = "".join(e.delta for e in events if e.type == "transcript.text.delta")
    return {"deltas": deltas, "done": [e.text for e in events if e.type == "transcript.text.done"]}


def failure(call):
    """The exception that the client makes of an error document."""
    try:
        call()
    except openai.APIStatusError as e:
        return {"class": type(e).__name__, "status": e.status_code, "code": e.code, "param": e.param}
    return None


stranger = openai.OpenAI(base_url=url, api_key="sk-wrong", max_retries=0)
verbose = transcribe(
    response_format="verbose_json", language="en", timestamp_granularities=["word", "segment"]
)
print(
    json.dumps(
        {
            "version": openai.__version__,
            "models": [m.id for m in client.models.list()],
            "json": transcribe().text,
            "text": transcribe(response_format="text"),
            "srt": transcribe(response_format="srt"),
            "vtt": transcribe(response_format="vtt"),
            "verbose": {
                "text": verbose.text,
                "duration": verbose.duration,
                "words": [[w.word, w.start, w.end] for w in verbose.words],
                "segments": [s.text for s in verbose.segments],
            },
            "streamed": streamed(),
            "prompt": transcribe(prompt="Nine, six", temperature=0.2).text,
            "keywords": transcribe(keywords=["nine six", "three"]).text,
            "unknown_model": failure(
                lambda: client.audio.transcriptions.create(file=("a.wav", b"RIFF"), model="whisper-1")
            ),
            "no_audio": failure(
                lambda: client.audio.transcriptions.create(file=("a.wav", b"no audio"), model="digits")
            ),
            "unspellable": failure(lambda: transcribe(keywords=["Nijmegen 7"])),
            "wrong_key": failure(lambda: stranger.models.list()),
        }
    )
)
