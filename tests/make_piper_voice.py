"""Writes a Piper voice of a few kilobytes: every phoneme is a tone of its own, 48 ms long.

Usage: python tests/make_piper_voice.py FOLDER [--without-durations]
"""

import json
import sys
from pathlib import Path

import onnx
from onnx import TensorProto, helper

RATE = 16000
HOP = 64
IPA = "abcdefghijklmnopqrstuvwxyzæçðøħŋœɐɑɒɔɕɖəɚɛɜɟɡɢɣɥɦɪɬɭɯɲɳɴɹɾʀʁʂʃʈʊʋʌʍʎʏʐʑʒʔʕʙʝʰʲˈˌːˑ˞ˠˤ̩̪̯̃̊θχβʷ.,;:?!-"


def constant(name: str, values: object, kind: int, shape: tuple[int, ...] = ()) -> onnx.TensorProto:
    return helper.make_tensor(name, kind, shape, values if isinstance(values, list) else [values])


def model(*, durations: bool) -> onnx.ModelProto:
    """Tones at 80 Hz and up, 7 Hz apart, in the order of the ids."""
    kinds = TensorProto
    nodes = [
        helper.make_node("Gather", ["scales", "one"], ["length"]),
        helper.make_node("Mul", ["length", "frames"], ["stretched"]),
        helper.make_node("Shape", ["input"], ["shape"]),
        helper.make_node("Expand", ["stretched", "shape"], ["each"]),
        helper.make_node("Ceil" if durations else "Round", ["each"], ["w_ceil"]),
        helper.make_node("Gather", ["w_ceil", "first"], ["row"]),
        helper.make_node("Gather", ["row", "first"], ["count"]),
        helper.make_node("Mul", ["count", "hop"], ["samples"]),
        helper.make_node("Cast", ["samples"], ["samples_int"], to=kinds.INT64),
        helper.make_node("Unsqueeze", ["input", "last"], ["column"]),
        helper.make_node("Cast", ["column"], ["pitch_of"], to=kinds.FLOAT),
        helper.make_node("Mul", ["pitch_of", "step"], ["steps"]),
        helper.make_node("Add", ["steps", "base"], ["advance"]),
        helper.make_node("Unsqueeze", ["samples_int", "zero"], ["wide"]),
        helper.make_node("Concat", ["ones", "wide"], ["grid"], axis=0),
        helper.make_node("Expand", ["advance", "grid"], ["spread"]),
        helper.make_node("Reshape", ["spread", "flat"], ["line"]),
        helper.make_node("CumSum", ["line", "time_axis"], ["phase"]),
        helper.make_node("Sin", ["phase"], ["tone"]),
        helper.make_node("Mul", ["tone", "loudness"], ["output"]),
    ]
    turn = 2 * 3.141592653589793 / RATE
    constants = [
        constant("one", 1, kinds.INT64),
        constant("first", 0, kinds.INT64),
        constant("frames", 24.0, kinds.FLOAT),
        constant("hop", float(HOP), kinds.FLOAT),
        constant("last", [2], kinds.INT64, (1,)),
        constant("zero", [0], kinds.INT64, (1,)),
        constant("step", 7 * turn, kinds.FLOAT),
        constant("base", 80 * turn, kinds.FLOAT),
        constant("ones", [1, 1], kinds.INT64, (2,)),
        constant("flat", [1, -1], kinds.INT64, (2,)),
        constant("time_axis", 1, kinds.INT64),
        constant("loudness", 0.3, kinds.FLOAT),
    ]
    graph = helper.make_graph(
        nodes,
        "tones",
        [
            helper.make_tensor_value_info("input", kinds.INT64, [1, None]),
            helper.make_tensor_value_info("input_lengths", kinds.INT64, [1]),
            helper.make_tensor_value_info("scales", kinds.FLOAT, [3]),
        ],
        [helper.make_tensor_value_info("output", kinds.FLOAT, [1, None])],
        constants,
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)


def write(folder: Path, *, durations: bool = True) -> None:
    """``tones.onnx`` and its configuration, for eSpeak's Arabic phonemes."""
    folder.mkdir(parents=True, exist_ok=True)
    onnx.save(model(durations=durations), str(folder / "tones.onnx"))
    symbols = ["_", "^", "$", " ", *dict.fromkeys(IPA)]
    config = {
        "audio": {"sample_rate": RATE},
        "espeak": {"voice": "ar"},
        "num_symbols": len(symbols),
        "num_speakers": 1,
        "inference": {"noise_scale": 0.0, "length_scale": 0.5, "noise_w": 0.0},
        "phoneme_id_map": {symbol: [at] for at, symbol in enumerate(symbols)},
        "hop_length": HOP,
    }
    (folder / "tones.onnx.json").write_text(json.dumps(config, ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]), durations="--without-durations" not in sys.argv)
