package org.quantvoice.torch.graph;

import java.util.List;

/** Scripts that change tensors in place through views, for {@link OperatorParityTest}. */
final class ViewCases {

    private ViewCases() {}

    private static OperatorCase c(String script, String... inputs) {
        return OperatorCase.of(script, inputs);
    }

    static List<OperatorCase> slices() {
        return List.of(
                c("x = a.clone()\nx[:, 1:3] = b\nreturn x * 2", "f T 5", "f T 2"),
                c("x = a.clone()\nx[1:, ::3].mul_(2)\nreturn x", "f 4 T"),
                c("x = a.clone()\nx[:, 2:-1:2] = 0\nreturn x", "f B T"),
                c("x = a.clone()\nx[:2, 1] += b\nreturn x", "f T 3", "f 2"),
                c("x = torch.zeros([a.size(0), 4])\nx[:, -1] = 1.0\nx[:, :-1] = a\nreturn x", "f T 3"),
                c("x = a.clone()\nx[a.size(0):] = 3.0\nreturn x", "f T 3"),
                c("x = a.clone()\ny = x[:, :2]\nx += 1\nreturn y * x[:, :2]", "f T 3"),
                c("x = a.clone()\ny = x[1:]\nz = x[:-1]\ny += 1\nz *= 2\ny -= 0.5\nreturn x - z.sum()", "f T"),
                c("x = a.clone()\nfor i in range(3):\n    x[:, i] = x[:, i] * (i + 1)\nreturn x", "f T 3"),
                c(
                        "x = a.clone()\ny = x[1:]\nfor i in range(3000):\n    y[:, 0] += 1\nreturn x + 0 * y.sum()",
                        "f T 3"));
    }

    static List<OperatorCase> otherViews() {
        return List.of(
                c(
                        "x = a.clone()\ny = x.transpose(1, 2)\ny[0] += 1\nx.mul_(3)\nreturn y + x.transpose(1, 2)",
                        "f B 3 T"),
                c("x = a.clone()\ny = x.permute(2, 0, 1)\ny[1:].neg_()\nreturn x", "f B 3 T"),
                c("x = a.clone()\nx.swapaxes(0, 1)[1] = 2.0\nreturn x", "f T 3"),
                c("x = a.clone()\nx.t()[0] = 2.0\nreturn x", "f T 3"),
                c("x = a.clone()\nx.to(6).mul_(2)\nreturn x", "f T 3"),
                c("x = a.clone()\nx.view(-1)[1::2] = 5.0\nreturn x", "f T 3"),
                c("x = a.clone()\nx.unsqueeze(1).narrow(2, 1, 2).mul_(0.5)\nreturn x", "f T 3"),
                c("x = a.clone()\np, q = x.chunk(2, 1)\nq.zero_()\nreturn x + torch.cat([q, p], 1)", "f T 4"),
                c("x = a.clone()\np, q = x.split(2, 0)\np += 1\nq *= 2\nreturn x", "f 4 T"),
                c("x = a.clone()\np, q, r = x.unbind(1)\nq.fill_(2.0)\np.add_(q)\nreturn x - r.unsqueeze(1)", "f T 3"));
    }

    /** The positions of SpeechBrain's relative attention and of Zipformer. */
    static List<OperatorCase> positions() {
        return List.of(
                c(
                        """
                        x = torch.zeros([2, a.size(0), 4])
                        p = x[0]
                        n = x[1]
                        p[:, 0::2] = torch.sin(a)
                        p[:, 1::2] = torch.cos(a)
                        n[:, 0::2] = -torch.sin(a)
                        n[:, 1::2] = torch.cos(a)
                        p = torch.flip(p, [0]).unsqueeze(0)
                        n = n[1:].unsqueeze(0)
                        return torch.cat([p, n], 1)""",
                        "f T 2"),
                c(
                        """
                        x = torch.zeros([a.size(0), 6])
                        x[:, 0::2] = a
                        x[:, 1::2] = a * a
                        x[:, -1] = 1.0
                        return x.unsqueeze(0)""",
                        "f T 3"));
    }
}
