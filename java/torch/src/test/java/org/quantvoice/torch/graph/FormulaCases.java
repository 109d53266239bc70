package org.quantvoice.torch.graph;

import java.util.ArrayList;
import java.util.List;

/** Expressions that the importer writes as formulas, for {@link OperatorParityTest}. */
final class FormulaCases {

    private FormulaCases() {}

    private static OperatorCase c(String expression, String... inputs) {
        return OperatorCase.of(expression.contains("return ") ? expression : "return " + expression, inputs);
    }

    static List<OperatorCase> angles() {
        return List.of(
                c("torch.atan(a)", "f B 4 T"),
                c("torch.atan(a * 100)", "f B 4 T"),
                c("torch.atan(a * 1e-3) * 1e3", "f B 4 T"),
                c("torch.atan(a / 0)", "f B 4 T"),
                c("torch.atan(a)", "i B T"));
    }

    static List<OperatorCase> functions() {
        List<OperatorCase> cases = new ArrayList<>();
        for (String function : List.of(
                "mish(a)",
                "log_sigmoid(a)",
                "hardsigmoid(a)",
                "hardswish(a)",
                "softplus(a)",
                "softplus(a, 2.)",
                "elu(a, 0.5, 1.5, 2.)")) {
            cases.add(c("torch." + function, "f B 4 T"));
        }
        for (String function : List.of(
                "selu(a)",
                "celu(a, 0.7)",
                "trunc(a)",
                "ceil(a)",
                "sign(a)",
                "erf(a)",
                "erfc(a)",
                "expm1(a)",
                "exp2(a)",
                "isfinite(a)",
                "isnan(a)",
                "sinc(a)",
                "nan_to_num(a / 0)",
                "remainder(a, 1.5)",
                "fmod(a, 1.5)",
                "div(a, 0.4, rounding_mode='trunc')",
                "threshold(a, 0.5, -2.)",
                "prelu(a, torch.full([4], 0.3))")) {
            cases.add(c("torch." + function, "f B 4 T"));
        }
        for (String function : List.of("log10(a)", "log2(a)", "log1p(a)")) {
            cases.add(c("torch." + function, "p B T"));
        }
        cases.add(c("torch.log1p(a * 1e-6) * 1e6", "p B T"));
        cases.add(c("torch.div(a, 3, rounding_mode='trunc')", "i B T"));
        cases.add(c("torch.div(a, b, rounding_mode='trunc')", "i B T", "p T"));
        cases.add(c("torch.logaddexp(a, b)", "f B T", "f T"));
        cases.add(c("torch.lerp(a, b, 0.3)", "f B T", "f B T"));
        cases.add(c("torch.addcmul(a, b, c, value=0.5)", "f B T", "f B T", "f T"));
        cases.add(c("torch.addcdiv(a, b, c)", "f B T", "f B T", "p T"));
        cases.add(c("torch.outer(a, b)", "f T", "f 3"));
        cases.add(c("torch.addmm(a, b, c, beta=0.5, alpha=2.)", "f 3", "f T 4", "f 4 3"));
        return cases;
    }

    static List<OperatorCase> pooling() {
        List<OperatorCase> cases = new ArrayList<>();
        for (String setting : List.of(
                "[2], [2]",
                "[3], [2], [1]",
                "[3], [2], [1], True",
                "[3], [3], [0], True",
                "[3], [2], [1], True, False",
                "[5], [1], [2], False, False")) {
            cases.add(c("torch.avg_pool1d(a, " + setting + ")", "f B 3 T"));
        }
        cases.add(c("torch.avg_pool1d(torch.cat([a, a, a], 2), [11], [2])", "f B 3 T"));
        for (String setting :
                List.of("[2], [2]", "[3], [2], [1]", "[3], [2], [1], [2]", "[3], [2], [1], [1], True", "[7], [1]")) {
            cases.add(c("torch.max_pool1d(a, " + setting + ")", "f B 3 T"));
        }
        cases.add(c("torch.max_pool2d(a, [3, 2], [2, 1], [1, 0])", "f B 3 T 5"));
        cases.add(c("torch.avg_pool2d(a, [3, 2], [2, 1], [1, 0])", "f B 3 T 5"));
        cases.add(c("torch.adaptive_avg_pool1d(a, [1])", "f B 3 T"));
        cases.add(c("torch.adaptive_avg_pool2d(a, [1, 1])", "f B 3 T 5"));
        return cases;
    }

    static List<OperatorCase> places() {
        return List.of(
                c("a.unfold(1, 3, 2)", "f B T 2"),
                c("a.unfold(-1, 6, 4)", "f B T"),
                c("torch.cat([a] * 12, 1).unfold(1, 71, 3)", "f B T"),
                c("a.as_strided([3, 3], [2, 1])", "f T"),
                c("a.as_strided([3, 2], [2 * a.stride(0), a.stride(0)], 1)", "f T 1"),
                c(
                        "t = a.size(1)\nreturn a.contiguous().as_strided([a.size(0), t, t],"
                                + " [a.stride(0), a.stride(1) - a.stride(2), a.stride(2)], a.stride(2) * (t - 1))",
                        "f B T 20"),
                c("a[:, b]", "f B 12 3", "i 4"),
                c("a[b]", "f 9 3", "i 2 4"),
                c("a[torch.arange(2)[:, None], torch.arange(3)[None]]", "f B T 2"),
                c("a[:, torch.arange(a.size(1)) < a.size(1)]", "f B T"),
                c("torch.gather(a, 1, torch.arange(3)[None, :, None].expand(a.size(0), 3, 2))", "f B T 2"),
                c("torch.flip(a, [1, 2])", "f B T 3"),
                c("torch.roll(a, 2, 1)", "f B T"),
                c("torch.roll(a, [-1, 1], [0, 1])", "f B T"),
                c("torch.roll(a, 3)", "f B T"),
                c("torch.repeat_interleave(a, 3, dim=1)", "f B T 2"),
                c("torch.repeat_interleave(a, 2)", "f B T"),
                c("torch.tile(a, [2])", "f B T"),
                c("torch.tile(a, [2, 1, 3])", "f B T"),
                c("torch.movedim(a, 1, 3)", "f B T 2 3"),
                c("torch.movedim(a, [0, 1], [2, 0])", "f B T 2"),
                c("torch.swapaxes(a, 1, 2)", "f B T 2"),
                c("torch.upsample_nearest1d(a, None, [2.])", "f B 2 T"),
                c("torch.upsample_nearest1d(a, [b.size(0)])", "f B 2 T", "f S"),
                c("torch.upsample_nearest1d(a, [a.size(2) // 2 + 7])", "f B 2 T"),
                c("torch.upsample_linear1d(a, None, False, [2.])", "f B 2 T"),
                c("torch.upsample_linear1d(a, None, True, [3.])", "f B 2 T"),
                c("torch.upsample_linear1d(a, [b.size(0)], False)", "f B 2 T", "f S"),
                c("torch.upsample_linear1d(a, [7], True)", "f B 2 T"),
                c("torch.pixel_shuffle(a, 2)", "f B 8 T 3"),
                c("torch.pixel_unshuffle(a.repeat(1, 1, 2, 1), 2)", "f B 2 T 4"),
                c("a[:, -(a.size(1) - 1):]", "f B T"),
                c("torch.logical_not(a - a)", "f B T"),
                c("torch.pad(a, [2, 3], 'circular')", "f B 2 T"),
                c("torch.meshgrid([a, b])[0]", "f T", "f 3"),
                c("torch.meshgrid([a, b])[1]", "f T", "f 3"),
                c("a[:, :100000]", "f B T"),
                c("torch.broadcast_to(a, [3, a.size(0), a.size(1)])", "f B T"));
    }

    static List<OperatorCase> einsum() {
        List<OperatorCase> cases = new ArrayList<>();
        cases.add(c("torch.einsum('bhld,lrd->bhlr', [a, b])", "f B 2 T 4", "f T 3 4"));
        cases.add(c("torch.einsum('bhtd,bhsd->bhts', [a, b])", "f B 2 T 4", "f B 2 5 4"));
        cases.add(c("torch.einsum('bij,jk->bik', [a, b])", "f B T 4", "f 4 3"));
        cases.add(c("torch.einsum('bij,jk', [a, b])", "f B T 4", "f 4 3"));
        cases.add(c("torch.einsum('i,j->ij', [a, b])", "f T", "f 3"));
        cases.add(c("torch.einsum('bij->bji', [a])", "f B T 4"));
        cases.add(c("torch.einsum('bij->b', [a])", "f B T 4"));
        cases.add(c("torch.einsum('bi,bi->b', [a, b])", "f B T", "f B T"));
        cases.add(c("torch.einsum('bi,ij,bj->b', [a, b, c])", "f B 3", "f 3 4", "f B 4"));
        cases.add(c("torch.einsum('bnct,ncd->bndt', [a, b])", "f B 2 3 T", "f 2 3 4"));
        return cases;
    }

    static List<OperatorCase> spectra() {
        String window = "torch.hann_window(6)";
        return List.of(
                c("torch.view_as_real(torch.fft_rfft(a, n=8))", "f B T 5"),
                c("torch.fft_rfft(a, n=4).abs()", "f B T 5"),
                c("torch.fft_rfft(a, dim=1, norm='ortho').real", "f B 6 T"),
                c("torch.fft_rfft(a).imag", "f B T 6"),
                c(
                        "torch.view_as_real(torch.stft(a, 6, 2, 6, " + window + ", center=False, return_complex=True))",
                        "f B T"),
                c(
                        "torch.stft(a.repeat(3), 8, 2, 6, " + window
                                + ", center=False, return_complex=True).abs().pow(2)",
                        "f T"),
                c(
                        "s = torch.stft(a, 6, 2, 6, " + window
                                + ", center=False, return_complex=True)\ns /= 2.5\nreturn s.reshape(a.size()[:-1] + s.size()[-2:]).abs()",
                        "f B T"),
                c(
                        "torch.view_as_real(torch.view_as_complex(a) * torch.polar(b, c) + torch.complex(b, c))",
                        "f B T 2",
                        "f T",
                        "f T"),
                c(
                        "torch.stft(a, 6, 2, 6, " + window
                                + ", center=False, normalized=True, onesided=False, return_complex=False)",
                        "f B T"));
    }

    static List<OperatorCase> masks() {
        return List.of(
                c("(a > 0).all(1)", "f B T"),
                c("torch.all(a > -100)", "f B T"),
                c("torch.any(a > 1)", "f B T"),
                c("torch.min(a)", "f B T"),
                c("torch.amin(a, [1], True)", "f B T"),
                c("torch.min(a, b)", "f B T", "f T"),
                c("torch.min(a, 1)[0]", "f B T"),
                c("torch.logsumexp(a, [1])", "f B T"),
                c("torch.logsumexp(a, [0, 2], True)", "f B T 3"),
                c("torch.var_mean(a, 1)", "f B T"),
                c("torch.std_mean(a, [1], correction=0, keepdim=True)", "f B T"),
                c("torch.cumsum(torch.ones([a.size(0), a.size(1)], dtype=4), 1)", "f B T"),
                c("torch.cumsum(torch.full([2, a.size(1), 3], 2), 1)", "f B T"),
                c("torch.eye(a.size(1))", "f B T"),
                c("torch.eye(3, a.size(1))", "f B T"),
                c("a.masked_fill(torch.arange(a.size(1)) >= a.size(1), 3.)", "f B T"),
                c("torch.where(torch.arange(a.size(1)) < a.size(1), a, -a)", "f B T"));
    }

    static List<OperatorCase> layers() {
        return List.of(
                c("torch.rms_norm(a, [6], b)", "f B T 6", "f 6"),
                c("torch.rms_norm(a, [6], None, 0.1)", "f B T 6"),
                c("torch.instance_norm(a, b, c, None, None, True, 0.1, 1e-5, False)", "f B 4 T", "f 4", "f 4"),
                c(
                        "torch.conv_transpose1d(a, torch.arange(24).view(4, 2, 3) * 0.1, None, [2], [1], [1], 1, [1])",
                        "f B 4 T"),
                c(
                        "torch.conv_transpose1d(a, torch.arange(24).view(4, 2, 3) * 0.1, torch.ones([4]), [3], [0], [0], 2, [2])",
                        "f B 4 T"),
                c(
                        "torch.conv_transpose2d(a, torch.arange(48).view(4, 2, 3, 2) * 0.1, None, [2, 1], [1, 0], [0, 0], 1, [1, 1])",
                        "f B 4 T 5"),
                c(
                        "torch.scaled_dot_product_attention(a, b, c, enable_gqa=True)",
                        "f B 4 T 4",
                        "f B 2 5 4",
                        "f B 2 5 4"));
    }

    /** Lengths of a batch without padding, as models compute them. */
    static List<OperatorCase> lengths() {
        String full = "x = torch.full([a.size(0)], a.size(1))\n";
        return List.of(
                c(
                        full + "x = torch.div(x - 3, 2, rounding_mode='floor') + 1\nreturn torch.arange(int(x.max()))",
                        "f B T"),
                c(full + "x = (x.float() / 2).ceil().to(4)\nreturn a[:, :int(x.max().item())]", "f B T"),
                c(full + "x = torch.floor((x + 2 - 3) / 2 + 1).to(4)\nreturn a[:, :int(x[0])]", "f B T"),
                c(
                        full + "m = torch.arange(a.size(1))[None] < x[:, None]\nif bool(m.all()):\n    return a * 2\n"
                                + "else:\n    return a",
                        "f B T"),
                c(full + "m = torch.arange(a.size(1))[None] >= x[:, None]\nreturn a.masked_fill(m, 7.)", "f B T"),
                c(
                        "n = [0, 2]\nd = {'a': 1}\nif any(n) and not all(n):\n    return a * len(d)\nelse:\n    return -a",
                        "f T"),
                c("n = int(a.size(1) / 2)\nreturn a[:, :n]", "f B T"),
                c("n = int(a.size(1) * 0.5 + 0.25)\nreturn a[:, :n]", "f B T"),
                c("n = a.size(1) // 2 if a.size(1) > 3 else 1\nreturn a[:, n:]", "f B T"));
    }
}
