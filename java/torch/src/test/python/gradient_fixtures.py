"""What PyTorch's autograd says of models/digits: gradients of the CTC loss against the model's own greedy output.

Run by hand from the repository's root; needs torch 2.10, soundfile.

    python java/torch/src/test/python/gradient_fixtures.py java/torch/src/test/resources/gradients

RECORDING.MODULE.npy is the gradient with respect to the output of a module, losses.tsv names the tokens and the loss.
frozen.pt is a small model of random weights after torch.jit.freeze, which leaves layers without modules;
frozen.gradient.npy is the gradient of its second layer's output for silence.
"""
import sys

import numpy as np
import soundfile as sf
import torch
import torch.nn as nn
import torch.nn.functional as F

sys.path.insert(0, "models/digits/recipe")
from digits_model import AsrModel, fold_weight_norm  # noqa: E402

W2V = "encoder.wav2vec2.model."
MODULES = {
    "conv": W2V + "feature_extractor.conv_layers.6.conv",
    "projection": W2V + "feature_projection.projection",
    "value": W2V + "encoder.layers.2.attention.v_proj",
    "enc": "encoder.enc.linear2.w",
    "head": "ctc_lin.w",
}
SPEECH, FROM, SAMPLES = "test-george-13", 8000, 9600  # of which the model is not sure
SILENCE = 2000


def gradients(model, wav, with_modules):
    outputs, hooks = {}, []
    for name, path in with_modules.items():
        def keep(module, inputs, output, name=name):
            output.retain_grad()
            outputs[name] = output
        hooks.append(model.get_submodule(path).register_forward_hook(keep))
    log_probs = model(wav.unsqueeze(0).requires_grad_(True))[0]
    ids = log_probs.argmax(-1)
    tokens = [int(t) for t in torch.unique_consecutive(ids) if t != 0]
    loss = F.ctc_loss(log_probs.unsqueeze(1), torch.tensor([tokens], dtype=torch.long), [len(ids)], [len(tokens)],
                      blank=0, reduction="sum")
    loss.backward()
    for hook in hooks:
        hook.remove()
    return tokens, loss.item(), {name: output.grad.numpy() for name, output in outputs.items()}


class Small(nn.Module):
    def __init__(self):
        super().__init__()
        torch.manual_seed(7)
        self.window = nn.Conv1d(1, 8, 400, stride=320)
        self.hidden, self.head = nn.Linear(8, 24), nn.Linear(24, 5)

    def forward(self, wavs):
        x = self.window(wavs.unsqueeze(1)).transpose(1, 2)
        return torch.log_softmax(self.head(torch.relu(self.hidden(x))), dim=-1)


def frozen(target):
    model = Small().eval().requires_grad_(False)
    torch.jit.save(torch.jit.freeze(torch.jit.script(model)), f"{target}/frozen.pt")
    _, _, found = gradients(model, torch.zeros(2000), {"hidden": "hidden"})
    np.save(f"{target}/frozen.gradient.npy", found["hidden"])


def main():
    torch.set_num_threads(1)
    model = fold_weight_norm(AsrModel([128] * 7))
    model.load_state_dict(torch.jit.load("models/digits/model/digits-float.pt").state_dict())
    model.eval().requires_grad_(False)
    speech = torch.from_numpy(sf.read(f"models/digits/test/{SPEECH}.flac", dtype="float32")[0])
    rows = ["recording\tid\tfrom\tsamples\ttokens\tloss"]
    for name, utt, begin, wav in (("speech", SPEECH, FROM, speech[FROM:FROM + SAMPLES]),
                                  ("silence", "", 0, torch.zeros(SILENCE))):
        tokens, loss, found = gradients(model, wav, MODULES)
        rows.append(f"{name}\t{utt}\t{begin}\t{len(wav)}\t{' '.join(map(str, tokens))}\t{loss!r}")
        for module, gradient in found.items():
            np.save(f"{sys.argv[1]}/{name}.{module}.npy", gradient)
    frozen(sys.argv[1])
    open(f"{sys.argv[1]}/losses.tsv", "w").write("\n".join(rows) + "\n")


if __name__ == "__main__":
    main()
