"""A decoder that works on planes of height 1 says what one that works on lines says."""

import copy

import numpy as np
import onnx
import onnxruntime

from service.engines.vits_graph import add_height

CHANNELS = 8
WEIGHTS = np.random.default_rng(5)


def conv(name, source, *, kernel=3, dilation=1, outputs=CHANNELS):
    """A convolution that keeps the length, and its weights."""
    shape = (outputs, CHANNELS, kernel)
    weight = onnx.numpy_helper.from_array(WEIGHTS.normal(size=shape).astype(np.float32) * 0.2, f"{name}.w")
    pad = dilation * (kernel - 1) // 2
    node = onnx.helper.make_node(
        "Conv",
        [source, f"{name}.w"],
        [name],
        kernel_shape=[kernel],
        dilations=[dilation],
        pads=[pad, pad],
        strides=[1],
    )
    return node, weight


def decoder(*, computed_weights=False):
    """Frames and a speaker in; sound, and what the last layer but one holds, out."""
    make = onnx.helper.make_node
    pre, pre_weight = conv("pre", "scaled", kernel=5)
    speaker, speaker_weight = conv("who", "speaker", kernel=1)
    wide, wide_weight = conv("wide", "bent", dilation=3)
    post, post_weight = conv("post", "mean", outputs=1)
    shape = (CHANNELS, CHANNELS, 4)
    up = onnx.numpy_helper.from_array(WEIGHTS.normal(size=shape).astype(np.float32) * 0.2, "up.w")
    half = onnx.numpy_helper.from_array(np.float32(2), "half")
    mask = onnx.numpy_helper.from_array(np.full((1, CHANNELS, 1), 0.7, np.float32), "mask")
    scale = make("Mul", ["half", "up.w"], ["up.computed"])
    nodes = [
        make("Mul", ["frames", "mask"], ["scaled"]),  # depends on the rank, and so stays outside
        pre,
        speaker,
        make("Add", ["pre", "who"], ["voiced"]),
        make("LeakyRelu", ["voiced"], ["bent before"], alpha=0.1),
        *([scale] if computed_weights else []),
        make(
            "ConvTranspose",
            ["bent before", "up.computed" if computed_weights else "up.w"],
            ["up"],
            kernel_shape=[4],
            strides=[2],
            pads=[1, 1],
        ),
        make("LeakyRelu", ["up"], ["bent"], alpha=0.1),
        wide,
        make("Add", ["wide", "up"], ["sum"]),
        make("Div", ["sum", "half"], ["mean"]),
        post,
        make("Tanh", ["post"], ["sound"]),
        make("ReduceMean", ["mean"], ["level"], axes=[1, 2], keepdims=0),
    ]
    described = {"frames": [1, CHANNELS, "T"], "speaker": [1, CHANNELS, 1]}
    told = {"sound": [1, 1, "S"], "mean": [1, CHANNELS, "S"], "level": [1]}
    info = onnx.helper.make_tensor_value_info
    graph = onnx.helper.make_graph(
        nodes,
        "decoder",
        [info(name, onnx.TensorProto.FLOAT, shape) for name, shape in described.items()],
        [info(name, onnx.TensorProto.FLOAT, shape) for name, shape in told.items()],
        [pre_weight, speaker_weight, wide_weight, post_weight, up, half, mask],
    )
    return onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=8)


def run(model):
    onnx.checker.check_model(model, full_check=True)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    given = np.random.default_rng(7)
    frames = given.normal(size=(1, CHANNELS, 50)).astype(np.float32)
    speaker = given.normal(size=(1, CHANNELS, 1)).astype(np.float32)
    return session.run(None, {"frames": frames, "speaker": speaker})


def ranks(model):
    """How many dimensions the weights of each kind of node have."""
    dims = {item.name: len(item.dims) for item in model.graph.initializer}
    return {(node.op_type, dims[node.input[1]]) for node in model.graph.node if "Conv" in node.op_type}


def test_the_sound_is_the_same_and_every_convolution_has_a_height():
    model = decoder()
    before = run(model)

    add_height(model.graph)

    after = run(model)
    assert ranks(model) == {("Conv", 4), ("ConvTranspose", 4)}
    assert [one.shape for one in after] == [one.shape for one in before]
    for one, other in zip(before, after, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-6)


def test_a_graph_whose_weights_are_computed_stays_as_it_is():
    model = decoder(computed_weights=True)
    before = model.SerializeToString

    add_height(model.graph)

    assert model.SerializeToString == before


def test_a_model_without_a_decoder_stays_as_it_is():
    model = decoder()
    kept = [copy.deepcopy(node) for node in model.graph.node if node.op_type in {"Mul", "Conv"}]
    del model.graph.node[:]
    model.graph.node.extend(kept)
    before = model.SerializeToString()

    add_height(model.graph)

    assert model.SerializeToString() == before
