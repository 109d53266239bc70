"""Small models with random weights of the families that docs/models.md lists, with the settings of their usual checkpoints."""
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
import transformers
from transformers import *

V = 32
RATE = 16000
LAYER = dict(feat_extract_norm="layer", do_stable_layer_norm=True, conv_bias=True)
SMALL = dict(hidden_size=64, num_hidden_layers=2, num_attention_heads=4, intermediate_size=128, vocab_size=V, pad_token_id=0, layerdrop=0.0,
             num_conv_pos_embeddings=16, num_conv_pos_embedding_groups=4, initializer_range=0.1)
ENCODER = dict(hidden_size=64, num_hidden_layers=2, num_attention_heads=4, intermediate_size=128, num_mel_bins=80, layerdrop=0.0,
               subsampling_conv_channels=32, initializer_range=0.1)
SEVEN = dict(conv_dim=(32,) * 7)
THIRTEEN = dict(conv_dim=(32,) * 13)
WAVE = lambda: Wav2Vec2FeatureExtractor(do_normalize=True)


def mel_ctc(model, config, extractor):
    return lambda: (model(config(vocab_size=V, encoder_config=ENCODER, pad_token_id=V - 1)), extractor(feature_size=80))


def wave(model, config, **settings):
    return lambda: (model(config(**{**SMALL, **SEVEN, **settings})), WAVE())


# name: (how the model and its feature extractor are made, name of the front end for ONNX files, whether it is a folder of a known family)
FOLDERS = {
    "wav2vec2 base": (wave(Wav2Vec2ForCTC, Wav2Vec2Config), "normalize"),
    "wav2vec2 large": (wave(Wav2Vec2ForCTC, Wav2Vec2Config, **LAYER), "normalize"),
    "wav2vec2 MMS": (wave(Wav2Vec2ForCTC, Wav2Vec2Config, adapter_attn_dim=16, **LAYER), "normalize"),
    "hubert": (wave(HubertForCTC, HubertConfig), "normalize"),
    "wavlm": (wave(WavLMForCTC, WavLMConfig), "normalize"),
    "data2vec-audio": (wave(Data2VecAudioForCTC, Data2VecAudioConfig, num_conv_pos_embeddings=5, conv_pos_kernel_size=19), "normalize"),
    "unispeech": (wave(UniSpeechForCTC, UniSpeechConfig, num_ctc_classes=V), "normalize"),
    "unispeech-sat": (wave(UniSpeechSatForCTC, UniSpeechSatConfig), "normalize"),
    "sew": (wave(SEWForCTC, SEWConfig, squeeze_factor=2, **THIRTEEN), "normalize"),
    "wav2vec2-conformer relative": (wave(Wav2Vec2ConformerForCTC, Wav2Vec2ConformerConfig, position_embeddings_type="relative",
                                         conv_depthwise_kernel_size=15, **LAYER), "normalize"),
    "wav2vec2-conformer rotary": (wave(Wav2Vec2ConformerForCTC, Wav2Vec2ConformerConfig, position_embeddings_type="rotary",
                                       conv_depthwise_kernel_size=15, **LAYER), "normalize"),
    "wav2vec2-bert": (lambda: (Wav2Vec2BertForCTC(Wav2Vec2BertConfig(**{**{k: v for k, v in SMALL.items() if "pos" not in k}, "hidden_act": "swish"}, feature_projection_input_dim=160,
                                                                     conv_depthwise_kernel_size=15)), SeamlessM4TFeatureExtractor()),
                      "kaldi:stack=2,normalize=true"),
    "parakeet_ctc": (mel_ctc(ParakeetForCTC, ParakeetCTCConfig, ParakeetFeatureExtractor), "nemo"),
    "lasr_ctc": (mel_ctc(LasrForCTC, LasrCTCConfig, LasrFeatureExtractor), "lasr"),
}

# Samples between two frames of the models, where they are not 320.
HOPS = {"parakeet_ctc": 1280, "lasr_ctc": 640}


def randomize(model):
    """Biases, gains and batch norm statistics in which a mistake would show."""
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for p in model.parameters():
            if p.dim() <= 1 and p.is_floating_point():
                p.add_(0.1 * torch.randn(p.shape, generator=generator))
            p.requires_grad_(False)
        for k in model.modules():
            if isinstance(k, nn.modules.batchnorm._BatchNorm) and k.running_mean is not None:
                k.running_mean.add_(0.1 * torch.randn(k.running_mean.shape, generator=generator))
                k.running_var.mul_(1 + 0.3 * torch.rand(k.running_var.shape, generator=generator))
    return model.eval()


def speech(samples, seed=3):
    """Harmonics with an envelope, and noise."""
    g = np.random.default_rng(seed)
    t = np.arange(samples) / RATE
    phase = 2 * np.pi * np.cumsum(120 + 30 * np.sin(2 * np.pi * 0.7 * t + seed)) / RATE
    x = sum(np.sin(k * phase) / k for k in range(1, 12))
    loud = 0.15 + 0.85 * (np.sin(2 * np.pi * 2.3 * t + seed) > -0.3)
    return (0.08 * x * loud + 0.01 * g.standard_normal(samples)).astype(np.float32)


class LogMel(nn.Module):
    """Mel features as layers of a model, for TorchScript files, which hold their front end: [B, n] to [B, T, bins * stack]."""

    def __init__(self, bins=80, stack=1):
        super().__init__()
        import torchaudio.functional as taf
        self.stack = stack
        self.register_buffer("window", torch.hann_window(400))
        self.register_buffer("bank", taf.melscale_fbanks(257, 0.0, 8000.0, bins, RATE, norm="slaney", mel_scale="slaney"))

    def forward(self, wav):
        spectrum = torch.stft(wav, 512, 160, 400, self.window, center=True, pad_mode="constant", return_complex=True)
        power = torch.view_as_real(spectrum).pow(2).sum(-1).transpose(1, 2)
        mel = torch.log(power @ self.bank + 2 ** -24)
        mel = (mel - mel.mean(1, keepdim=True)) / (mel.std(1, keepdim=True) + 1e-5)
        if self.stack > 1:
            frames = mel.shape[1] // self.stack
            mel = mel[:, : frames * self.stack].reshape(mel.shape[0], frames, mel.shape[2] * self.stack)
        return mel


class Script(nn.Module):
    """[B, n] to log-probabilities: what a user traces."""

    def __init__(self, model, front):
        super().__init__()
        self.model, self.front = model, front

    def forward(self, wav):
        if self.front is not None:
            x = self.front(wav)
        else:
            x = (wav - wav.mean(-1, keepdim=True)) / torch.sqrt(wav.var(-1, unbiased=False, keepdim=True) + 1e-7)
        return torch.log_softmax(self.model(x, return_dict=False)[0], -1)


class Logits(nn.Module):
    """The model without its front end: what exporters to ONNX are given."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, x):
        return self.model(x, return_dict=False)[0]
