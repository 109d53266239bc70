#!/usr/bin/env python3
"""Writes ../resources/huggingface/checkpoints/*.bin: state dicts of the fixture wav2vec2-activation-linear as torch.save writes them.

By hand only (needs torch):

    python checkpoint_fixtures.py
"""
import collections, json, os

import torch

from huggingface_fixtures import HERE, values

OUT = os.path.join(HERE, "..", "resources", "huggingface", "checkpoints")
FIXTURE = os.path.join(HERE, "..", "resources", "huggingface", "wav2vec2-activation-linear.json")


def state_dict():
    """The parameters, with the attribute that state_dict() of a module has."""
    state = collections.OrderedDict(
        (name, torch.from_numpy(values(name, shape)))
        for name, shape in json.load(open(FIXTURE))["parameters"].items()
    )
    state._metadata = collections.OrderedDict([("", {"version": 1})])
    return state


os.makedirs(OUT, exist_ok=True)
whole = state_dict()
torch.save(whole, os.path.join(OUT, "whole.bin"))
# A plain dictionary of parameters in two files, as large models are cut.
names = list(whole)
for part, some in (("part-1", names[::2]), ("part-2", names[1::2])):
    torch.save({n: torch.nn.Parameter(whole[n]) for n in some}, os.path.join(OUT, part + ".bin"))
few = names[:3]
torch.save({n: whole[n].half() for n in few}, os.path.join(OUT, "half.bin"))
torch.save({n: whole[n].bfloat16() for n in few}, os.path.join(OUT, "bfloat16.bin"))
torch.save({"state_dict": {n: whole[n] for n in few}, "epoch": 3}, os.path.join(OUT, "nested.bin"))
torch.save({"turned": torch.arange(6.0).reshape(2, 3).t()}, os.path.join(OUT, "turned.bin"))
torch.save({n: whole[n] for n in few}, os.path.join(OUT, "legacy.bin"), _use_new_zipfile_serialization=False)


class Hostile:
    def __reduce__(self):
        return os.system, ("true",)


torch.save({"a": Hostile()}, os.path.join(OUT, "hostile.bin"))
