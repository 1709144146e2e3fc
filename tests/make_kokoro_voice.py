"""Writes a Kokoro voice of some kilobytes: every symbol is a tone of its own, 100 ms long.

Usage: python tests/make_kokoro_voice.py FOLDER VARIANT

The variants are the three exports that are published, told by the names of their inputs: input_ids-ref_s,
tokens-style, input_ids-style. The first draws its noise at each run, and shows no durations; the second has
them within its graph, the third as an output. Each has the image tones of the architecture. A tone is as loud
as the first number of its style: 0.1 for one symbol, 1/4000 more for each further one.
"""

import json
import sys
import zipfile
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper

RATE = 24000
HOP = 600
ROWS, WIDTH = 510, 256
VARIANTS = ("input_ids-ref_s", "tokens-style", "input_ids-style")
IPA = "abdefhijklmnopqrstuvwxzðħŋɐɑɔəɛɡɣɪʃʊʒʔʕʤʧˈˌːθχ"
PHARYNGEAL = {"ʕ": 7, "ħ": 8}
"""Symbols that the model knows and its table does not."""
IMAGE = 0.01


def constant(name: str, values: object, kind: int, shape: tuple[int, ...] = ()) -> onnx.TensorProto:
    return helper.make_tensor(name, kind, shape, values if isinstance(values, list) else [values])


def model(variant: str) -> onnx.ModelProto:
    """Tones at 80 Hz and up, 5 Hz apart, in the order of the ids."""
    kinds = TensorProto
    ids, style = variant.split("-")
    tells = variant == VARIANTS[2]
    nodes = [
        # Four frames of 25 ms each, fewer when faster.
        helper.make_node("Div", ["frames", "speed"], ["wanted"]),
        helper.make_node("Shape", [ids], ["shape"]),
        helper.make_node("Expand", ["wanted", "shape"], ["each"]),
        helper.make_node("Ceil" if variant == VARIANTS[0] else "Round", ["each"], ["rounded"]),
        helper.make_node("Clip", ["rounded", "least"], ["lengths"]),
        helper.make_node("Gather", ["lengths", "zero"], ["row"]),
        helper.make_node("Slice", ["row", "start", "end"], ["count"]),
        helper.make_node("Mul", ["count", "hop"], ["samples"]),
        helper.make_node("Cast", ["samples"], ["samples_int"], to=kinds.INT64),
        helper.make_node("Unsqueeze", [ids, "last"], ["column"]),
        helper.make_node("Cast", ["column"], ["pitch_of"], to=kinds.FLOAT),
        helper.make_node("Mul", ["pitch_of", "step"], ["steps"]),
        helper.make_node("Add", ["steps", "base"], ["advance"]),
        helper.make_node("Concat", ["ones", "samples_int"], ["grid"], axis=0),
        helper.make_node("Expand", ["advance", "grid"], ["spread"]),
        helper.make_node("Reshape", ["spread", "flat"], ["line"]),
        helper.make_node("CumSum", ["line", "zero"], ["phase"]),
        helper.make_node("Sin", ["phase"], ["tone"]),
        helper.make_node("Gather", [style, "zero"], ["first_row"]),
        helper.make_node("Gather", ["first_row", "zero"], ["loudness"]),
        helper.make_node("Mul", ["tone", "loudness"], ["speech"]),
        helper.make_node("Size", ["speech"], ["size"]),
        helper.make_node("Range", ["zero", "size", "one"], ["places"]),
        helper.make_node("Cast", ["places"], ["times"], to=kinds.FLOAT),
        *(
            node
            for number in (1, 2)
            for node in (
                helper.make_node("Mul", ["times", f"image{number}"], [f"turned{number}"]),
                helper.make_node("Cos", [f"turned{number}"], [f"wave{number}"]),
                helper.make_node("Mul", [f"wave{number}", "faint"], [f"soft{number}"]),
            )
        ),
        helper.make_node("Sum", ["speech", "soft1", "soft2"], ["quiet"]),
    ]
    if variant == VARIANTS[0]:
        nodes += [
            helper.make_node("RandomNormalLike", ["quiet"], ["noise"], scale=0.001, dtype=kinds.FLOAT),
            helper.make_node("RandomUniform", [], ["shift"], shape=[1], low=0.0, high=0.001),
            helper.make_node("Sum", ["quiet", "noise", "shift"], ["audio"]),
        ]
    elif tells:
        nodes += [
            helper.make_node("Cast", ["lengths"], ["durations_row"], to=kinds.INT64),
            helper.make_node("Reshape", ["durations_row", "flat"], ["durations"]),
            helper.make_node("Identity", ["quiet"], ["waveform"]),
        ]
    else:
        nodes.append(helper.make_node("Identity", ["quiet"], ["audio"]))
    turn = 2 * 3.141592653589793 / RATE
    constants = [
        constant("frames", [4.0], kinds.FLOAT, (1,)),
        constant("least", 1.0, kinds.FLOAT),
        constant("start", [0], kinds.INT64, (1,)),
        constant("end", [1], kinds.INT64, (1,)),
        constant("hop", [float(HOP)], kinds.FLOAT, (1,)),
        constant("last", [2], kinds.INT64, (1,)),
        constant("zero", 0, kinds.INT64),
        constant("one", 1, kinds.INT64),
        constant("step", 5 * turn, kinds.FLOAT),
        constant("base", 80 * turn, kinds.FLOAT),
        constant("ones", [1, 1], kinds.INT64, (2,)),
        constant("flat", [-1], kinds.INT64, (1,)),
        constant("image1", 4800 * turn, kinds.FLOAT),
        constant("image2", 9600 * turn, kinds.FLOAT),
        constant("faint", IMAGE, kinds.FLOAT),
    ]
    outputs = [helper.make_tensor_value_info("waveform" if tells else "audio", kinds.FLOAT, [None])]
    if tells:
        outputs.append(helper.make_tensor_value_info("durations", kinds.INT64, [None]))
    graph = helper.make_graph(
        nodes,
        "tones",
        [
            helper.make_tensor_value_info(ids, kinds.INT64, [1, None]),
            helper.make_tensor_value_info(style, kinds.FLOAT, [1, WIDTH]),
            helper.make_tensor_value_info("speed", kinds.FLOAT, [1]),
        ],
        outputs,
        constants,
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)


def styles() -> np.ndarray:
    made = np.zeros((ROWS, 1, WIDTH), dtype=np.float32)
    made[:, 0, 0] = 0.1 + np.arange(ROWS) / 4000
    return made


def write(folder: Path, variant: str) -> None:
    """The model, its symbols and its voice, each variant's in another of the published formats."""
    folder.mkdir(parents=True, exist_ok=True)
    onnx.save(model(variant), str(folder / "tones.onnx"))
    ids = {symbol: at for at, symbol in enumerate([*";:,.!?", "…", " ", *IPA], 1) if symbol not in PHARYNGEAL}
    ids = {symbol: id_ + 8 * (id_ > 6) for symbol, id_ in ids.items()}  # 7 and 8 are free
    table = {
        "input_ids-ref_s": ids,
        "tokens-style": {"model": {"vocab": ids}},
        "input_ids-style": {"vocab": ids},
    }
    (folder / "symbols.json").write_text(json.dumps(table[variant], ensure_ascii=False), encoding="utf-8")
    if variant == VARIANTS[0]:
        # As torch writes a tensor, with a pickle that nobody loads.
        with zipfile.ZipFile(folder / "voice.pt", "w") as archive:
            archive.writestr("voice/data.pkl", b"ctorch\nFloatStorage\n.")
            archive.writestr("voice/data/0", styles().tobytes())
    elif variant == VARIANTS[1]:
        np.savez(folder / "voice.npz", other=styles() * 0.5, tones=styles())
    else:
        styles().tofile(folder / "voice.bin")


if __name__ == "__main__":
    write(Path(sys.argv[1]), sys.argv[2])
