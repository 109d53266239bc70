package org.quantvoice.torch.graph;

import java.util.ArrayList;
import java.util.List;

/** The expressions of {@link OperatorParityTest}. */
final class OperatorCases {

    private OperatorCases() {}

    private static OperatorCase c(String expression, String... inputs) {
        return OperatorCase.of(expression.contains("return") ? expression : "return " + expression, inputs);
    }

    static List<OperatorCase> elementwise() {
        List<OperatorCase> cases = new ArrayList<>();
        for (String unary : List.of(
                "gelu(a)",
                "relu(a)",
                "leaky_relu(a, 0.2)",
                "silu(a)",
                "sigmoid(a)",
                "tanh(a)",
                "exp(a)",
                "sin(a)",
                "cos(a)",
                "abs(a)",
                "neg(a)",
                "floor(a)",
                "round(a)",
                "square(a)",
                "elu(a)",
                "relu6(a)",
                "hardtanh(a)",
                "clamp(a, -0.5, 1)",
                "clamp(a, max=0.3)",
                "rsub(a, 2)",
                "logical_not(a > 0)",
                "glu(a, 1)",
                "gelu(a, approximate='tanh')")) {
            cases.add(c("torch." + unary, "f B 4 T"));
        }
        for (String positive : List.of("sqrt", "rsqrt", "log", "reciprocal")) {
            cases.add(c("torch." + positive + "(a)", "p B T"));
        }
        for (String binary : List.of("+", "-", "*", "/", "<", "<=", ">", ">=", "==", "!=")) {
            cases.add(c("a " + binary + " b", "f B 1 T", "f 3 1"));
            cases.add(c("a " + binary + " b", "i B 1 T", "i 3 1"));
            cases.add(c("a " + binary + " b", "f B T", "i B T"));
            cases.add(c("a " + binary + " 2", "i B T"));
            cases.add(c("0.3 " + binary + " a", "f B T"));
        }
        return cases;
    }

    static List<OperatorCase> mixedArithmetic() {
        return List.of(
                c("torch.add(a, b, alpha=0.5)", "f B T", "f T"),
                c("torch.sub(a, b, alpha=2)", "f B T", "f T"),
                c("torch.div(a, 3, rounding_mode='floor')", "i B T"),
                c("torch.div(a, b, rounding_mode='floor')", "f B T", "p T"),
                c("a ** 2", "f B T"),
                c("a ** 0.5", "p B T"),
                c("torch.pow(2.0, a)", "f B T"),
                c("torch.maximum(a, b)", "f B T", "f T"),
                c("torch.minimum(a, b)", "f B T", "f T"),
                c("torch.max(a, b)", "f B T", "f T"),
                c("a & b | ~a", "b B T", "b T"),
                c("a * b", "b B T", "b T"),
                c("a * b", "b B T", "f T"),
                c("a * b", "i B T", "b T"),
                c("a.masked_fill(b, -1e9)", "f B 3 T", "b B 1 T"),
                c("torch.where(a, b, c)", "b B 1", "f T", "f B T"),
                c("torch.where(a > 0, a, 0.0)", "f B T"),
                c("a.to(4) + a.to(11)", "f B T"),
                c("a.float() / 3", "i B T"),
                c("x = a.clone()\nx += 1\nx.mul_(2)\nreturn x", "f B T"));
    }

    static List<OperatorCase> products() {
        return List.of(
                c("torch.linear(a, b, c)", "f B T 5", "f 6 5", "f 6"),
                c("torch.linear(a, b)", "f T 5", "f 6 5"),
                c("torch.matmul(a, b)", "f B 3 T 4", "f 4 S"),
                c("torch.matmul(a, b)", "f B 1 T 4", "f 3 4 S"),
                c("torch.matmul(a, b)", "f 4", "f B 4 T"),
                c("torch.matmul(a, b)", "f B T 4", "f 4"),
                c("torch.bmm(a, b)", "f B T 4", "f B 4 S"),
                c("torch.addmm(a, b, c)", "f 6", "f T 5", "f 5 6"),
                c("torch.baddbmm(a, b, c)", "f B T S", "f B T 5", "f B 5 S"));
    }

    static List<OperatorCase> convolutions() {
        return List.of(
                c("torch.conv1d(a, b, c, stride=[2], padding=[3])", "f B 4 T", "f 6 4 3", "f 6"),
                c("torch.conv1d(a, b, None, dilation=[2], groups=2)", "f B 4 T", "f 6 2 3"),
                c("torch.conv1d(a, b, c, padding='same')", "f B 4 T", "f 6 4 4", "f 6"),
                c("torch.conv1d(a, b, c, groups=4)", "f B 4 T", "f 4 1 5", "f 4"),
                c("torch.conv2d(a, b, c, stride=[2, 1], padding=[1, 2])", "f B 2 T 6", "f 4 2 3 3", "f 4"),
                c("torch.conv2d(a, b, None, dilation=[1, 2], groups=2)", "f B 2 T 6", "f 4 1 2 3"));
    }

    static List<OperatorCase> normsAndAttention() {
        return List.of(
                c("torch.layer_norm(a, [5], b, c, 1e-5)", "f B T 5", "f 5", "f 5"),
                c("torch.layer_norm(a, [a.size(1), a.size(2)])", "f B T 5"),
                c("torch.layer_norm(a, [5], b)", "f B T 5", "f 5"),
                c("torch.group_norm(a, 3, b, c, 1e-3)", "f B 6 T", "f 6", "f 6"),
                c("torch.group_norm(a, 6)", "f B 6 T"),
                c("torch.batch_norm(a, b, c, d, e, False, 0.1, 1e-5, True)", "f B 4 T", "f 4", "f 4", "f 4", "p 4"),
                c("torch.softmax(a, 1)", "f B T 3"),
                c("torch.log_softmax(a, -1)", "f B T 3"),
                c("torch.dropout(a, 0.5, False)", "f B T"),
                c("torch.embedding(a, b)", "f 5 3", "n B T"),
                c("torch.scaled_dot_product_attention(a, b, c)", "f B 2 T 4", "f B 2 S 4", "f B 2 S 3"),
                c("torch.scaled_dot_product_attention(a, a, b, is_causal=True)", "f B 2 T 4", "f B 2 T 3"),
                c("torch.scaled_dot_product_attention(a, a, a, b, scale=0.3)", "f B 2 T 4", "f B 1 1 T"));
    }

    static List<OperatorCase> recurrences() {
        String recurrent = "f B T 4";
        return List.of(
                c(
                        "torch.lstm_cell(a, [b, c], d, e, f, g)",
                        "f B 4",
                        "f B 3",
                        "f B 3",
                        "f 12 4",
                        "f 12 3",
                        "f 12",
                        "f 12"),
                c("torch.lstm_cell(a, [b, b], c, d)", "f B 4", "f B 3", "f 12 4", "f 12 3"),
                c("torch.gru_cell(a, b, c, d, e, f)", "f B 4", "f B 3", "f 9 4", "f 9 3", "f 9", "f 9"),
                c("torch.rnn_tanh_cell(a, b, c, d, e, e)", "f B 4", "f B 3", "f 3 4", "f 3 3", "f 3"),
                c("torch.rnn_relu_cell(a, b, c, d)", "f B 4", "f B 3", "f 3 4", "f 3 3"),
                c(
                        "torch.lstm(a, [b, c], [d, e, f, g], True, 1, 0.0, False, False, True)",
                        recurrent,
                        "f 1 B 3",
                        "f 1 B 3",
                        "f 12 4",
                        "f 12 3",
                        "f 12",
                        "f 12"),
                c(
                        "torch.lstm(a, [b, c], [d, e, f, g], False, 1, 0.0, False, True, False)",
                        recurrent,
                        "f 2 T 3",
                        "f 2 T 3",
                        "f 12 4",
                        "f 12 3",
                        "f 12 4",
                        "f 12 3"),
                c(
                        "torch.gru(a, b, [c, d, e, f, c, d, e, f], True, 1, 0.0, False, True, True)",
                        recurrent,
                        "f 2 B 3",
                        "f 9 4",
                        "f 9 3",
                        "f 9",
                        "f 9"),
                c(
                        "z = torch.zeros([2, a.size(0), 4])\nreturn torch.gru(a, z, [b, c, b, c], False, 2, 0.0, False, False, True)",
                        recurrent,
                        "f 12 4",
                        "f 12 4"));
    }

    static List<OperatorCase> plainAndPackedRecurrences() {
        String recurrent = "f B T 4";
        return List.of(
                c(
                        "w, u, v = torch.arange(12).view(3, 4) * 0.1 - 0.5, torch.arange(9).view(3, 3) * 0.1, torch.arange(3) * 0.1\n"
                                + "return torch.rnn_tanh(a, b, [w, u, v, v, w, u, v, v], True, 1, 0.0, False, True, True)",
                        recurrent,
                        "f 2 B 3"),
                c(
                        "torch.rnn_relu(a, b, [c, d * 0.2, e, f], True, 1, 0.0, False, False, True)",
                        recurrent,
                        "f 1 B 3",
                        "f 3 4",
                        "f 3 3",
                        "f 3",
                        "f 3"),
                c(
                        "n = torch.full([a.size(0)], a.size(1), dtype=4)\nx, s = torch._pack_padded_sequence(a, n, True)\n"
                                + "y, h, c2 = torch.lstm(x, s, [b, c], [d, e, f, g], True, 1, 0.0, False, False)\n"
                                + "return torch._pad_packed_sequence(y, s, True, 0.0, a.size(1) + 2)[0] + h[-1].unsqueeze(1)",
                        recurrent,
                        "f 1 B 3",
                        "f 1 B 3",
                        "f 12 4",
                        "f 12 3",
                        "f 12",
                        "f 12"));
    }

    static List<OperatorCase> layout() {
        return List.of(
                c("a.transpose(1, -1)", "f B 3 T"),
                c("a.permute(2, 0, 1).permute(2, 1, 0)", "f B 3 T"),
                c("a.view(a.size(0), -1, 2, 3)", "f B T 6"),
                c("a.reshape(-1, 6)", "f B T 6"),
                c("a.flatten(1, 2)", "f B 3 T 2"),
                c("a.unflatten(2, [2, -1])", "f B T 6"),
                c("a.unsqueeze(-1).squeeze(-1).unsqueeze(0)", "f B T"),
                c("a[:, 1:]", "f B T"),
                c("a[:, :-2]", "f B T"),
                c("a[:, -3:]", "f B T"),
                c("a[..., 1:6:2]", "i B T"),
                c("a[:, 2, :]", "b B 3 T"),
                c("a[:, -1]", "f B T 2"),
                c("a.narrow(1, 1, 4)", "f B T"),
                c("torch.cat([a, b, a], 1)", "f B T", "f B S"),
                c("torch.stack([a, a * 2], 1)", "f B T"),
                c("x, y, z = torch.split(a, [1, 2, 3], 2)\nreturn y * 2", "f B T 6"),
                c("x, y = torch.chunk(a, 2, 2)\nreturn x * y", "f B T 6"),
                c("x, y, z = a.unbind(0)\nreturn x - z", "f 3 T"),
                c("a.expand(a.size(0), 3, -1)", "f B 1 T"),
                c("a.expand_as(b)", "f 1 T", "f B T"),
                c("a.repeat(1, 2, 3)", "f B 1 T"),
                c("torch.constant_pad_nd(a, [2, 1, 0, 1], 0.5)", "f B 3 T"),
                c("torch.pad(a, [2, 3], 'reflect')", "f B 2 T"),
                c("torch.pad(a, [2, 3], 'replicate')", "f B 2 T"),
                c("torch.tril(a, 1)", "f B T T"),
                c("torch.triu(a)", "f T S"),
                c("torch.index_select(a, 1, b)", "f B 5 T", "n S"));
    }

    static List<OperatorCase> reductions() {
        return List.of(
                c("torch.mean(a, [1], True)", "f B T 3"),
                c("torch.mean(a)", "f B T"),
                c("torch.sum(a, [0, -1])", "f B T 3"),
                c("torch.sum(a, [1])", "b B T"),
                c("torch.var(a, [1], True, True)", "f B T"),
                c("torch.var(a, [1], False)", "f B T"),
                c("torch.std(a, [-1])", "f B T"),
                c("torch.amax(a, [1], True)", "f B T"),
                c("torch.cumsum(a, 1)", "f B T 2"),
                c("torch.gather(a, 1, b)", "i B 5", "n B T"),
                c("torch.gather(a, -1, b) * torch.tensor(3)", "i 2 B 6", "n 2 B 4"),
                c("a + torch.tensor(0.5) * torch.log_softmax(torch.tensor(2.0), dim=-1)", "f B T"),
                c("torch.cumsum(a, -1)", "b B T"),
                c("torch.any(a, 1, True)", "b B T"),
                c("torch.norm(a, 2, [1], True)", "f B T"));
    }

    static List<OperatorCase> sizes() {
        return List.of(
                c("torch.arange(a.size(1))", "f B T"),
                c("torch.arange(2, a.size(1), 2, dtype=6)", "f B T"),
                c("torch.arange(a.size(1), 0, -1)", "f B T"),
                c("torch.zeros([a.size(0), 2]) + a.size(1)", "f B T"),
                c("torch.ones_like(a, dtype=4)", "f B T"),
                c("torch.full([2, a.size(1)], 3)", "f B T"),
                c("torch.full_like(a, 0.25)", "f B T"),
                c("a.new_zeros([a.size(1)])", "i B T"),
                c("a * (a.size(1) // 2 - 3)", "f B T"),
                c("a[:, : (a.size(1) - 1) // 2]", "f B T"),
                c("a[:, max(a.size(1) - 4, 0):]", "f B T"),
                c("a.view(a.numel())", "f B T"),
                c("torch.arange(a.size(1)).unsqueeze(0) < b.unsqueeze(1)", "f B T", "n B"),
                c(
                        "y = a\nfor i in range(1, 8, 3):\n    y = y * (i + 1)\nfor i in range(5, 0, -2):\n    y = y - i\nreturn y",
                        "f 3 4"),
                c(
                        "y = a\nfor i in range(4, 4):\n    y = y * 0\nfor i in range(2, 0):\n    y = y * 0\nreturn y + 1",
                        "f 3 4"),
                c(
                        "y = a\nfor i in range(3):\n    y = y * (i + 1)\nif len(a.size()) == 2:\n    y = -y\nreturn y",
                        "f B T"),
                c("assert a.size(0) >= 0, 'no'\nreturn a + 1", "f B T"),
                c("assert a.size(1) < 100, 'long'\nreturn a + 1", "f B T"));
    }
}
