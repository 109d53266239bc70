"""Results of rounds as one Markdown table."""

NAMES = {
    "qv-int8": "QuantVoice int8",
    "ov-int8": "OpenVINO int8",
    "ort-int8": "ONNX Runtime int8",
    "torch-int8": "PyTorch int8",
    "qv-f32": "QuantVoice float",
    "ov-f32": "OpenVINO float",
    "ort-f32": "ONNX Runtime float",
    "torch-f32": "PyTorch float",
}


def best(results):
    """The fastest round of each (size, seconds, tier, contender): what disturbs a run only makes it slower."""
    found = {}
    for result in results:
        key = (result["size"], result["seconds"], result["tier"], result["contender"])
        if key not in found or result["rtf"] < found[key]["rtf"]:
            found[key] = result
    return found


def markdown(results, cell=lambda result: f"{result['rtf']:.4f}", with_ratio=True):
    """A row for each model, length and tier; RTF of each contender, and in brackets ours over theirs of the same numbers."""
    found = best(results)
    contenders = [name for name in NAMES if any(key[3] == name for key in found)]
    lines = ["| model | audio | tier | " + " | ".join(NAMES[name] for name in contenders) + " |"]
    lines.append("|" + " --- |" * (3 + len(contenders)))
    for size, seconds, tier in dict.fromkeys(key[:3] for key in found):
        cells = [size, f"{seconds:g} s", tier]
        for name in contenders:
            theirs = found.get((size, seconds, tier, name))
            ours = found.get((size, seconds, tier, "qv-" + name.split("-")[1]))
            text = cell(theirs) if theirs else "-"
            if with_ratio and theirs and ours and theirs is not ours:
                text += f" ({ours['rtf'] / theirs['rtf']:.2f})"
            cells.append(text)
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)
