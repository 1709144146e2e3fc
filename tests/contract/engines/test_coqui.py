"""Coqui's checkpoints, through the very path that a user's take."""

import numpy as np
import pytest

from service.engines.coqui import TorchEngine
from service.engines.coqui_xtts import XttsEngine
from service.engines.engine import Surroundings
from service.engines.registry import load
from service.model.errors import EngineError
from service.model.reading import Utterance

pytestmark = [pytest.mark.coqui, pytest.mark.timeout(600)]

SENTENCE = "أَعْلَنَتِ الْحُكُومَةُ صَبَاحَ الْيَوْمِ عَنْ خُطَّةٍ جَدِيدَةٍ، وَبَدَأَ الْعَمَلْ."


def utterance(text):
    return Utterance(text, text, "")


def samples(clip):
    return np.frombuffer(clip.pcm, "<i2").astype(np.int32)


def test_onnx_runtime_says_what_torch_says(vits):
    torch = TorchEngine(vits.card, vits.surroundings)
    torch._model.inference_noise_scale = torch._model.inference_noise_scale_dp = 0.0

    by_torch = torch.speak(utterance(SENTENCE), 1.0)
    by_onnx = vits.load().speak(utterance(SENTENCE), 1.0)

    assert len(by_torch.pcm) == len(by_onnx.pcm)
    assert np.abs(samples(by_torch) - samples(by_onnx)).max() <= 4


def test_a_checkpoint_is_exported_once(vits):
    vits.load()
    model = vits.surroundings.folder / "istami.onnx"
    made = model.stat().st_mtime_ns

    vits.load()

    assert model.stat().st_mtime_ns == made
    assert not list(vits.surroundings.folder.glob(".export-*"))


def test_an_exported_voice_needs_neither_torch_nor_coqui(vits, tmp_path):
    vits.load()
    for name in ("config.json", "istami.json", "istami.onnx"):
        (tmp_path / name).write_bytes((vits.surroundings.folder / name).read_bytes())

    engine = load(vits.card, Surroundings(tmp_path))

    assert engine.speak(utterance(SENTENCE), 1.0).duration > 1


def test_a_voice_of_the_mms_project_speaks_and_times_its_words(mms):
    clip = mms.load().speak(utterance("قَالَ نَعَمْ ثُمَّ ذَهَبْ"), 1.0)

    assert clip.sample_rate == 16000
    assert [word.word for word in clip.words] == [0, 1, 2, 3]


def test_xtts_takes_its_speaker_from_a_recording_and_ends_within_its_bound(xtts):
    import torch

    engine = XttsEngine(xtts.card, xtts.surroundings)

    # It draws lots: both times the same. The test's model does not stop of itself: 6 letters may take 3 s.
    torch.manual_seed(7)
    clip = engine.speak(utterance("قَالَ نَعَمْ"), 1.0)

    assert clip.sample_rate == 24000
    assert 0.5 < clip.duration < 3.5
    torch.manual_seed(7)
    faster = engine.speak(utterance("قَالَ نَعَمْ"), 2.0)
    assert faster.duration == pytest.approx(clip.duration / 2, rel=0.2)
    engine.close()


def test_a_speaker_that_xtts_does_not_have_is_named(xtts):
    from dataclasses import replace

    with pytest.raises(EngineError, match="'Nobody'"):
        load(replace(xtts.card, options={"speaker": "Nobody"}), xtts.surroundings)


def test_a_damaged_checkpoint_is_an_error_that_names_the_voice(vits, tmp_path):
    (tmp_path / "config.json").write_bytes((vits.surroundings.folder / "config.json").read_bytes())
    (tmp_path / "model.pth").write_bytes(b"not a checkpoint")

    with pytest.raises(EngineError, match=tmp_path.name):
        load(vits.card, Surroundings(tmp_path))

    assert not (tmp_path / "istami.onnx").exists()


def test_a_folder_without_a_voice_is_an_error(vits, tmp_path):
    with pytest.raises(EngineError, match=r"config\.json"):
        load(vits.card, Surroundings(tmp_path))


def test_a_card_with_another_sample_rate_is_refused(vits):
    from dataclasses import replace

    with pytest.raises(EngineError, match="22050 Hz; its card says 16000"):
        load(replace(vits.card, sample_rate=16000), vits.surroundings)
