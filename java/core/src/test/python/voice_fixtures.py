"""Small models of voice activity in the forms of Silero's, and what ONNX Runtime and PyTorch compute with them.

    python voice_fixtures.py ONNX_FOLDER TORCH_FOLDER

Needs PyTorch 2.10, onnx and onnxruntime. They hear how loud a step is and, a little, what an LSTM with random weights makes of it, so
that the state matters. The fixtures voice* in resources/onnx of java/core and resources/models of java/torch were made with it.
"""
import sys
import warnings

warnings.filterwarnings("ignore")
import numpy as np
import onnx
import onnxruntime as ort
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.set_num_threads(1)
torch.manual_seed(5)
ONNX, TORCH = sys.argv[1:3]
WIDTH = 8


class Hearing(nn.Module):
    """Of one sample rate: [B, n] and h, c [B, WIDTH] to a probability [B, 1] and h, c."""

    def __init__(self, window):
        super().__init__()
        self.spectrum = nn.Conv1d(1, 2 * WIDTH, window, window // 2, bias=False)
        nn.init.normal_(self.spectrum.weight, 0, window ** -0.5)
        self.encoder = nn.Conv1d(WIDTH, WIDTH, 3, 2, 1)
        self.memory = nn.LSTMCell(WIDTH, WIDTH)
        self.mix = nn.Linear(WIDTH, 1, bias=False)

    def forward(self, x, h, c):
        y = self.spectrum(F.pad(x.unsqueeze(1), [0, 64], mode="reflect"))
        y = torch.sqrt(y[:, :8] ** 2 + y[:, 8:] ** 2)
        h, c = self.memory(torch.relu(self.encoder(y)).mean(2), (h, c))
        loud = 2 * torch.log(x.square().mean(1, keepdim=True) + 1e-9) + 23
        return torch.sigmoid(loud + 4 * self.mix(h)), h, c


class TwoRates(nn.Module):
    """Silero's from version 5 on: one state, and the rate chooses the weights."""

    def __init__(self):
        super().__init__()
        self.wide = Hearing(128)
        self.narrow = Hearing(64)

    def forward(self, input, state, sr: int):
        if sr == 16000:
            y, h, c = self.wide(input, state[0], state[1])
        else:
            y, h, c = self.narrow(input, state[0], state[1])
        return y, torch.stack([h, c])


class TwoStates(nn.Module):
    """As version 4: h and c by themselves, no context."""

    def __init__(self):
        super().__init__()
        self.wide = Hearing(128)

    def forward(self, input, h, c):
        y, h, c = self.wide(input, h[0], c[0])
        return y, h.unsqueeze(0), c.unsqueeze(0)


class Remembering(nn.Module):
    """Silero's TorchScript: the state and the context are inside."""

    def __init__(self, model):
        super().__init__()
        self.model = model
        self.state = torch.zeros(0)
        self.context = torch.zeros(0)

    @torch.jit.export
    def reset_states(self):
        self.state = torch.zeros(0)
        self.context = torch.zeros(0)

    def forward(self, x, sr: int):
        overlap = 64 if sr == 16000 else 32
        if self.state.numel() == 0:
            self.state = torch.zeros(2, 1, 8)
            self.context = torch.zeros(1, overlap)
        if x.size(1) != 8 * overlap:
            raise ValueError("wrong number of samples")
        x = torch.cat([self.context, x], 1)
        y, self.state = self.model(x, self.state, sr)
        self.context = x[:, -overlap:]
        return y


def recording(rate):
    """Noise that comes and goes, 4 s, of a generator that the tests have too."""
    x, state = np.zeros(4 * rate, np.float32), 1
    for i in range(len(x)):
        state = (state * 1664525 + 1013904223) % 2**32
        loud = 1 < i / rate < 2.2 or 2.5 < i / rate < 3
        x[i] = np.float32((state >> 8) / 2**23 - 1) * np.float32(0.2 if loud else 0.001)
    return x


def steps(x, step, context):
    before = np.zeros(context, np.float32)
    for at in range(0, len(x), step):
        part = np.pad(x[at:at + step], (0, max(0, at + step - len(x))))
        window = np.concatenate([before, part])
        before = window[len(window) - context:]
        yield window[None]


def heard(path, x, step, context, states, rate):
    session = ort.InferenceSession(path, providers=["CPUExecutionProvider"])
    asks = "sr" in [i.name for i in session.get_inputs()]
    found = []
    for window in steps(x, step, context):
        feed = dict(input=window, **states, **(dict(sr=np.array(rate)) if asks else {}))
        y, *after = session.run(None, feed)
        states = dict(zip(states, after))
        found.append(float(y.ravel()[0]))
    return np.array(found, np.float32)


def save(name, rate, found):
    np.save(f"{ONNX}/{name}.npy", found)
    print(name, rate, len(found), "steps,", int((found > 0.5).sum()), "of speech")


def zeros(*shape):
    return np.zeros(shape, np.float32)


two = TwoRates()
path = f"{ONNX}/voice.onnx"
torch.onnx.export(torch.jit.script(two), (torch.zeros(1, 576), torch.zeros(2, 1, 8), torch.tensor(16000)), path, dynamo=False,
                  opset_version=16, input_names=["input", "state", "sr"], output_names=["output", "stateN"],
                  dynamic_axes=dict(input={0: "batch", 1: "time"}, state={1: "batch"}))
for rate in (16000, 8000):
    step = 512 * rate // 16000
    x = recording(rate)
    found = heard(path, x, step, step // 8, dict(state=zeros(2, 1, 8)), rate)
    script = torch.jit.script(Remembering(two)).eval()
    with torch.no_grad():
        own = np.array([script(torch.from_numpy(w[:, step // 8:]), rate).item() for w in steps(x, step, step // 8)])
    print("ONNX Runtime and PyTorch differ by", np.abs(own - found).max())
    save(f"voice-{rate}", rate, found)
torch.jit.script(Remembering(two)).eval().save(f"{TORCH}/voice.pt")

old = f"{ONNX}/voice-two-states.onnx"
torch.onnx.export(TwoStates(), (torch.zeros(1, 512), torch.zeros(1, 1, 8), torch.zeros(1, 1, 8)), old, dynamo=False, opset_version=17,
                  input_names=["input", "h", "c"], output_names=["output", "hn", "cn"],
                  dynamic_axes=dict(input={0: "batch", 1: "time"}))
save("voice-two-states", 16000, heard(old, recording(16000), 512, 0, dict(h=zeros(1, 1, 8), c=zeros(1, 1, 8)), 16000))
for p in (path, old):
    onnx.checker.check_model(onnx.load(p))
