"""Rewrites a Kokoro model in ONNX so that it never draws lots, and tells how long each symbol lasts.

The source of its vocoder (ISTFTNet) adds noise. Some exports draw it anew at each run, so that no sentence
ever sounds the same again, and no seed helps: ONNX Runtime's generators go on from one run to the next. The
noise is taken from a fixed table instead.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from service.engines.vits import DURATIONS

_LIKE = frozenset(("RandomNormalLike", "RandomUniformLike"))
_PLAIN = frozenset(("RandomNormal", "RandomUniform"))
_PERIOD = 131_071
"""Values in a table, a prime: five seconds of noise at 24 kHz before any channel repeats itself."""
_STRIDE = 7919
"""Places by which the next random node starts further on in the table, so that no two draw the same."""
_SEED = 0
_TABLE = "istami_noise_{}"


def prepared(model: Path) -> bytes:
    """The model with fixed noise, and with the output ``durations`` where it can be found.

    Args:
        model: path of the ONNX file.

    Raises:
        Exception: the file is no ONNX model; protobuf's errors share no public base.
    """
    import onnx

    proto: Any = onnx.load(str(model))
    for number, (graph, node) in enumerate([*_random(proto.graph)]):
        _still(proto.graph, graph, node, number * _STRIDE)
    _tell_durations(proto.graph)
    return bytes(proto.SerializeToString())


def _random(graph: Any) -> Iterator[tuple[Any, Any]]:
    """Every random node of a graph and of the graphs within its nodes, each with its graph."""
    for node in graph.node:
        if node.op_type in _LIKE | _PLAIN:
            yield graph, node
        for attribute in node.attribute:
            for inner in (*attribute.graphs, *([attribute.g] if attribute.HasField("g") else [])):
                yield from _random(inner)


def _still(outer: Any, graph: Any, node: Any, start: int) -> None:
    """Replace a random node by values of a table, from a place on.

    Args:
        outer: the model's graph, which holds the table.
        graph: the graph of the node.
        node: a node whose type is in ``_LIKE`` or ``_PLAIN``.
        start: a place in the table.
    """
    from onnx import TensorProto, helper, numpy_helper

    settings = {attribute.name: helper.get_attribute_value(attribute) for attribute in node.attribute}
    uniform = "Uniform" in node.op_type
    low, high = settings.get("low", 0.0), settings.get("high", 1.0)
    factor, shift = (high - low, low) if uniform else (settings.get("scale", 1.0), settings.get("mean", 0.0))
    name = node.output[0]
    constants: dict[str, Any] = {
        "zero": np.int64(0),
        "one": np.int64(1),
        "start": np.int64(start),
        "period": np.int64(_PERIOD),
        "factor": np.float32(factor),
        "shift": np.float32(shift),
    }
    steps: list[tuple[str, list[str], str]] = []
    if node.op_type in _PLAIN:
        shape = np.array(settings["shape"], dtype=np.int64)
        constants |= {"shape": shape, "count": shape.prod()}
    else:
        steps = [("Shape", [], "shape"), ("Size", [], "count")]
    outer.initializer.extend(
        numpy_helper.from_array(np.array(value), f"{name}_{part}") for part, value in constants.items()
    )
    steps += [
        ("Range", ["zero", "count", "one"], "places"),
        ("Add", ["places", "start"], "moved"),
        ("Mod", ["moved", "period"], "wrapped"),
        ("Gather", [_table(outer, uniform=uniform), "wrapped"], "drawn"),
        ("Mul", ["drawn", "factor"], "wide"),
        ("Add", ["wide", "shift"], "flat"),
        ("Reshape", ["flat", "shape"], "whole"),
    ]
    made = [
        helper.make_node(
            kind,
            [each if each.startswith("istami") else f"{name}_{each}" for each in inputs] or [node.input[0]],
            [f"{name}_{output}"],
        )
        for kind, inputs, output in steps
    ]
    dtype = settings.get("dtype", TensorProto.FLOAT)
    made.append(helper.make_node("Cast", [f"{name}_whole"], [name], to=dtype))
    nodes = [each for old in graph.node for each in (made if name in old.output else [old])]
    del graph.node[:]
    graph.node.extend(nodes)


def _table(graph: Any, *, uniform: bool) -> str:
    """The name of the table of uniform (0 to 1) or normal (mean 0, deviation 1) values; made once a graph."""
    from onnx import numpy_helper

    name = _TABLE.format("uniform" if uniform else "normal")
    if all(item.name != name for item in graph.initializer):
        # NumPy keeps the stream of this generator for ever, and not that of its newer ones.
        source = np.random.RandomState(_SEED)
        drawn = source.random_sample(_PERIOD) if uniform else source.standard_normal(_PERIOD)
        graph.initializer.append(numpy_helper.from_array(drawn.astype(np.float32), name))
    return name


def _tell_durations(graph: Any) -> None:
    """Make the rounded frames of each symbol an output, if the graph rounds once and does not tell them."""
    from onnx import ValueInfoProto, helper

    rounded = [node.output[0] for node in graph.node if node.op_type == "Round"]
    if len(rounded) != 1 or any(output.name == DURATIONS for output in graph.output):
        return
    # No symbol is shorter than one frame.
    least = [
        node.output[0]
        for node in graph.node
        if node.op_type in {"Clip", "Max"} and node.input[0] == rounded[0]
    ]
    graph.node.append(helper.make_node("Identity", (least or rounded)[:1], [DURATIONS]))
    graph.output.append(ValueInfoProto(name=DURATIONS))
