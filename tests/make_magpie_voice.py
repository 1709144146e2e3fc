"""Writes a Magpie model of some kilobytes: the seven graphs, with the published names and random weights.

Usage: python tests/make_magpie_voice.py FOLDER

Two layers, two heads of four, two codebooks of 16 tokens, two speakers. The codec plays each token as a tone.
"""

import json
import sys
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests import magpie_table

RATE, HOP = 22050, 1024
BOOKS, STACKED, SIZE, SPECIAL = 2, 2, 16, 8
TOKENS = SIZE + SPECIAL
LAYERS, HEADS, WIDTH = 2, 2, 4
MODEL = HEADS * WIDTH
SPEAKERS, CONTEXT, POSITIONS = 2, 5, 2000
FLOAT, WHOLE = TensorProto.FLOAT, TensorProto.INT64


class Graph:
    """Collects the nodes of a graph; each method returns the name of what it computes."""

    def __init__(self, name: str, seed: int) -> None:
        self.name = name
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []
        self.random = np.random.RandomState(seed)

    def do(self, kind: str, *inputs: str, **attributes: object) -> str:
        output = f"{kind.lower()}{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [output], **attributes))
        return output

    def const(self, values: object, kind: type = np.int64) -> str:
        name = f"constant{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.array(values, dtype=kind), name))
        return name

    def weights(self, *shape: int, scale: float = 1.0) -> str:
        drawn = self.random.standard_normal(shape) * scale / np.sqrt(shape[-2] if len(shape) > 1 else 1)
        return self.const(drawn, np.float32)

    def through(self, name: str, width: int, scale: float = 1.0) -> str:
        """A linear layer."""
        return self.do("MatMul", name, self.weights(MODEL, width, scale=scale))

    def layer(self, name: str, number: int) -> str:
        """One layer of a tensor that holds all."""
        return self.do("Gather", name, self.const(number), axis=0)

    def parted(self, name: str, heads: int) -> str:
        return self.do("Reshape", name, self.const([0, 0, heads, WIDTH]))

    def attended(self, query: str, key: str, value: str, bias: str) -> tuple[str, str]:
        """Attention of [batch, places, heads, width]: what is read, and the probabilities."""
        turned = self.do("Transpose", query, perm=[0, 2, 1, 3])
        scores = self.do("MatMul", turned, self.do("Transpose", key, perm=[0, 2, 3, 1]))
        probabilities = self.do("Softmax", self.do("Add", scores, bias), axis=-1)
        read = self.do("MatMul", probabilities, self.do("Transpose", value, perm=[0, 2, 1, 3]))
        return self.do("Transpose", read, perm=[0, 2, 1, 3]), probabilities

    def self_attention(self, hidden: str, keys: str, values: str, number: int) -> tuple[str, str, str]:
        """A layer's causal attention; what it adds, and its keys and values with those of this call."""
        key, value = (
            self.do(
                "Concat", self.layer(old, number), self.parted(self.through(hidden, MODEL), HEADS), axis=1
            )
            for old in (keys, values)
        )
        count = self.do("Gather", self.do("Shape", key), self.const(1))
        columns = self.do("Range", self.const(0), count, self.const(1))
        seen = self.do("LessOrEqual", columns, self.do("Unsqueeze", "pos", self.const([1])))
        bias = self.do("Where", seen, self.const(0, np.float32), self.const(-1e9, np.float32))
        read, _ = self.attended(self.parted(self.through(hidden, MODEL), HEADS), key, value, bias)
        joined = self.do("Reshape", read, self.const([0, 0, MODEL]))
        return self.through(joined, MODEL), key, value

    def stacked(self, names: list[str]) -> str:
        return self.do("Concat", *(self.do("Unsqueeze", name, self.const([0])) for name in names), axis=0)

    def save(self, folder: Path, inputs: dict[str, tuple[int, int]], outputs: dict[str, str]) -> None:
        """Write it: inputs with their types and ranks, outputs with the names of what they are."""
        nodes = [*self.nodes, *(helper.make_node("Identity", [old], [new]) for new, old in outputs.items())]
        graph = helper.make_graph(
            nodes,
            self.name,
            [
                helper.make_tensor_value_info(name, kind, [None] * rank)
                for name, (kind, rank) in inputs.items()
            ],
            [onnx.ValueInfoProto(name=name) for name in outputs],
            self.constants,
        )
        made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
        onnx.save(made, str(folder / f"{self.name}.onnx"))


def text_encoder(folder: Path) -> None:
    graph = Graph("text_encoder", 1)
    embedded = graph.do("Gather", graph.weights(magpie_table.SIZE, 1, MODEL), "text", axis=0)
    flat = graph.do("Squeeze", embedded, graph.const([2]))
    masked = graph.do("Mul", flat, graph.do("Unsqueeze", "text_mask", graph.const([2])))
    graph.save(
        folder, {"text": (WHOLE, 2), "text_mask": (FLOAT, 2)}, {"encoder_out": graph.do("Tanh", masked)}
    )


def cross_kv(folder: Path) -> None:
    graph = Graph("cross_kv", 2)
    keys, values = (
        graph.stacked([graph.parted(graph.through("cond", WIDTH), 1) for _ in range(LAYERS)])
        for _ in range(2)
    )
    graph.save(folder, {"cond": (FLOAT, 3)}, {"cross_k": keys, "cross_v": values})


def decoder_step(folder: Path) -> None:
    graph = Graph("decoder_step", 3)
    hidden = graph.do("Add", "x", graph.do("Gather", graph.weights(POSITIONS, MODEL, scale=10), "pos"))
    mask = graph.do(
        "Mul", graph.do("Sub", "cond_mask", graph.const(1, np.float32)), graph.const(1e9, np.float32)
    )
    prior = graph.do("Log", graph.do("Add", "attn_prior", graph.const(1e-8, np.float32)))
    bias = graph.do(
        "Add",
        graph.do("Unsqueeze", mask, graph.const([1, 2])),
        graph.do("Unsqueeze", prior, graph.const([2])),
    )
    keys, values, attention = [], [], []
    for number in range(LAYERS):
        added, key, value = graph.self_attention(hidden, "self_k", "self_v", number)
        hidden = graph.do("Add", hidden, added)
        read, probabilities = graph.attended(
            graph.parted(graph.through(hidden, WIDTH), 1),
            graph.layer("cross_k", number),
            graph.layer("cross_v", number),
            bias,
        )
        joined = graph.do("MatMul", graph.do("Squeeze", read, graph.const([2])), graph.weights(WIDTH, MODEL))
        hidden = graph.do("Add", hidden, joined)
        hidden = graph.do("Add", hidden, graph.do("Tanh", graph.through(hidden, MODEL)))
        keys.append(key)
        values.append(value)
        attention.append(probabilities)
    graph.save(
        folder,
        {
            "x": (FLOAT, 3),
            "pos": (WHOLE, 1),
            "self_k": (FLOAT, 5),
            "self_v": (FLOAT, 5),
            "cross_k": (FLOAT, 5),
            "cross_v": (FLOAT, 5),
            "cond_mask": (FLOAT, 2),
            "attn_prior": (FLOAT, 3),
        },
        {
            "logits": graph.through(hidden, BOOKS * STACKED * TOKENS),
            "dec_out": hidden,
            "new_self_k": graph.stacked(keys),
            "new_self_v": graph.stacked(values),
            "cross_attn_probs": graph.stacked(attention),
        },
    )


def local_step(folder: Path) -> None:
    graph = Graph("local_step", 4)
    hidden, keys, values = "h", [], []
    for number in range(LAYERS):
        added, key, value = graph.self_attention(hidden, "cache_k", "cache_v", number)
        hidden = graph.do("Add", hidden, added)
        keys.append(key)
        values.append(value)
    head = graph.do("Gather", graph.weights(BOOKS * STACKED, MODEL, TOKENS), "cb", axis=0)
    logits = graph.do("MatMul", graph.do("Squeeze", hidden, graph.const([1])), head)
    graph.save(
        folder,
        {"h": (FLOAT, 3), "pos": (WHOLE, 1), "cache_k": (FLOAT, 5), "cache_v": (FLOAT, 5), "cb": (WHOLE, 0)},
        {"logits": logits, "new_k": graph.stacked(keys), "new_v": graph.stacked(values)},
    )


def embeddings(folder: Path) -> None:
    graph = Graph("audio_embed", 5)
    shifted = graph.do("Add", "codes", graph.const([TOKENS * book for book in range(BOOKS * STACKED)]))
    each = graph.do("Gather", graph.weights(BOOKS * STACKED * TOKENS, 1, MODEL), shifted, axis=0)
    mean = graph.do("ReduceMean", graph.do("Squeeze", each, graph.const([2])), graph.const([1]), keepdims=1)
    graph.save(folder, {"codes": (WHOLE, 2)}, {"emb": mean})
    graph = Graph("lt_embed", 6)
    book = graph.do("Gather", graph.weights(BOOKS * STACKED, TOKENS, MODEL, scale=5), "cb", axis=0)
    picked = graph.do("Unsqueeze", graph.do("Gather", book, "tok", axis=0), graph.const([1]))
    graph.save(folder, {"tok": (WHOLE, 1), "cb": (WHOLE, 0)}, {"emb": picked})


def codec_decoder(folder: Path) -> None:
    graph = Graph("codec_decoder", 7)
    times = np.arange(HOP) / HOP * 2 * np.pi
    tones = [0.2 / book * np.sin(times * (6 + book + 2 * code)) for book in (1, 2) for code in range(SIZE)]
    shifted = graph.do("Add", "codes", graph.const([[SIZE * book] for book in range(BOOKS)]))
    each = graph.do("Gather", graph.const(tones, np.float32), shifted, axis=0)
    summed = graph.do("ReduceSum", each, graph.const([1]), keepdims=0)
    graph.save(folder, {"codes": (WHOLE, 3)}, {"audio": graph.do("Reshape", summed, graph.const([0, -1]))})


def write(folder: Path) -> None:
    assets = folder / "assets"
    assets.mkdir(parents=True, exist_ok=True)
    for make in (text_encoder, cross_kv, decoder_step, local_step, embeddings, codec_decoder):
        make(folder)
    magpie_table.write(assets)
    contexts = np.random.RandomState(8).standard_normal((SPEAKERS, CONTEXT, MODEL))
    np.save(assets / "context_embeddings.npy", contexts.astype(np.float32))
    config = {
        "sample_rate": RATE,
        "num_audio_codebooks": BOOKS,
        "frame_stacking_factor": STACKED,
        "codebook_size": SIZE,
        "decoder_n_layers": LAYERS,
        "local_transformer_n_layers": LAYERS,
        "sa_n_heads": HEADS,
        "sa_d_head": WIDTH,
        "estimate_alignment_from_layers": list(range(LAYERS)),
        "language_to_tokenizer": magpie_table.LANGUAGES,
    }
    (assets / "magpie_config.json").write_text(json.dumps(config), encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
