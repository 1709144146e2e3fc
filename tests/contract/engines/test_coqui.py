"""Coqui's checkpoints, through the very path that a user's take."""

import os
import shutil
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from service.engines.coqui import ExportedEngine, TorchEngine
from service.engines.coqui_xtts import XttsEngine
from service.engines.engine import Surroundings
from service.engines.registry import load
from service.model.errors import EngineError
from service.model.reading import Utterance
from voices.derived import read_derived

pytestmark = [pytest.mark.coqui, pytest.mark.timeout(600)]

SENTENCE = "أَعْلَنَتِ الْحُكُومَةُ صَبَاحَ الْيَوْمِ عَنْ خُطَّةٍ جَدِيدَةٍ، وَبَدَأَ الْعَمَلْ."


def utterance(text):
    return Utterance(text, text, "")


def samples(clip):
    return np.frombuffer(clip.pcm, "<i2").astype(np.int32)


def test_onnx_runtime_says_what_torch_says(vits):
    torch = TorchEngine(vits.card, vits.surroundings)

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
    with pytest.raises(EngineError, match="22050 Hz; its card says 16000"):
        load(replace(vits.card, sample_rate=16000), vits.surroundings)


@pytest.mark.parametrize(("made", "engine"), [("vits", TorchEngine), ("xtts", XttsEngine)])
def test_a_voice_with_a_seed_draws_the_same_lots_after_each_loading(request, made, engine):
    voice = request.getfixturevalue(made)
    options = {key: value for key, value in voice.card.options.items() if key == "reference"}
    card = replace(voice.card, options=options | {"seed": 7})

    first, second = (engine(card, voice.surroundings).speak(utterance("نَعَمْ"), 1.0) for _ in range(2))

    assert first == second


class TestTheExport:
    """It is noticed when it is not what was exported, and made anew."""

    @pytest.fixture
    def folder(self, vits, tmp_path):
        vits.load()
        copied = tmp_path / "ours"
        shutil.copytree(vits.surroundings.folder, copied)
        return copied

    def said(self, vits, folder):
        return load(vits.card, Surroundings(folder)).speak(utterance(SENTENCE), 1.0)

    def damage(self, folder, how):
        model = folder / "istami.onnx"
        match how:
            case "truncated":
                os.truncate(model, 50_000)
            case "zeroed":
                with model.open("r+b") as file:
                    file.write(bytes(50_000))
            case "missing":
                model.unlink()
            case "without its symbols":
                (folder / "istami.json").unlink()

    @pytest.mark.parametrize("how", ["truncated", "zeroed", "missing", "without its symbols"])
    def test_that_is_damaged_is_made_again(self, vits, folder, how):
        before = self.said(vits, folder)
        self.damage(folder, how)
        (folder / ".export-left").mkdir()

        assert self.said(vits, folder) == before

        assert read_derived(folder).damaged(folder, thorough=True) == ()
        assert not list(folder.glob(".export-*"))

    @pytest.mark.parametrize("how", ["truncated", "zeroed", "missing"])
    def test_that_is_damaged_without_its_checkpoint_says_what_to_do(self, vits, folder, how):
        (folder / "model.pth").unlink()
        self.damage(folder, how)

        with pytest.raises(EngineError, match=r"damaged \(istami\.onnx\).*istami voices install ours --from"):
            self.said(vits, folder)

    @pytest.mark.parametrize("noted", [True, False])
    def test_of_another_checkpoint_is_made_of_the_new_one(self, vits, folder, noted):
        """Also where an earlier version made it, which noted no hashes."""
        import torch

        before = self.said(vits, folder)
        if not noted:
            (folder / "derived.json").unlink()
        checkpoint = torch.load(folder / "model.pth")
        checkpoint["model"]["waveform_decoder.conv_pre.bias"] += 0.5
        torch.save(checkpoint, folder / "model.pth")

        assert self.said(vits, folder) != before

    def test_of_an_earlier_version_is_used_and_noted(self, vits, folder):
        (folder / "derived.json").unlink()
        made = (folder / "istami.onnx").stat().st_mtime_ns

        self.said(vits, folder)

        assert (folder / "istami.onnx").stat().st_mtime_ns == made
        assert set(read_derived(folder).made) == {"istami.onnx", "istami.json"}

    def test_is_made_by_one_process_at_a_time(self, folder):
        for name in ("istami.onnx", "istami.json", "derived.json"):
            (folder / name).unlink()
        script = (
            "import sys; from pathlib import Path; from service.engines.coqui_export import exported;"
            "exported(Path(sys.argv[1]), print)"
        )
        both = [
            subprocess.Popen([sys.executable, "-c", script, folder], stdout=subprocess.PIPE, text=True)
            for _ in range(2)
        ]

        steps = [line for process in both for line in process.communicate(timeout=500)[0].splitlines()]

        assert [process.returncode for process in both] == [0, 0]
        assert len([step for step in steps if "step 2 of 3" in step]) == 1


class TestASpeaker:
    @pytest.mark.parametrize("engine", [ExportedEngine, TorchEngine])
    def test_is_chosen_by_name_or_by_index(self, choir, engine):
        def said(speaker):
            card = replace(choir.card, options={**choir.card.options, "speaker": speaker})
            return engine(card, choir.surroundings).speak(utterance(SENTENCE), 1.0).pcm

        huda, salim = said("huda"), said("salim")
        assert huda == said("0") == said(0)
        assert salim == said("1")
        assert huda != salim

    @pytest.mark.parametrize("engine", [ExportedEngine, TorchEngine])
    @pytest.mark.parametrize("speaker", ["nobody", "2", "-1", ""])
    def test_that_the_voice_does_not_have_is_named(self, choir, engine, speaker):
        with pytest.raises(EngineError, match=rf"speaker={speaker} .*0 \(huda\), 1 \(salim\)"):
            engine(replace(choir.card, options={"speaker": speaker}), choir.surroundings)

    @pytest.mark.parametrize("engine", [ExportedEngine, TorchEngine])
    def test_of_a_voice_that_has_one_is_no_other(self, vits, engine):
        with pytest.raises(EngineError, match="speaker=reader1"):
            engine(replace(vits.card, options={"speaker": "reader1"}), vits.surroundings)


def test_too_little_memory_is_called_by_its_name(vits, tmp_path):
    shutil.copytree(vits.surroundings.folder, tmp_path / "ours", ignore=shutil.ignore_patterns("istami.*"))
    script = (
        "import resource, sys; from pathlib import Path; from service.engines.coqui_export import exported;"
        "from service.model.errors import EngineError;"
        "resource.setrlimit(resource.RLIMIT_AS, (2_000_000_000,) * 2)\n"
        "try: exported(Path(sys.argv[1]))\n"
        "except EngineError as error: print(error.en)"
    )

    told = subprocess.run(
        [sys.executable, "-c", script, tmp_path / "ours"], capture_output=True, text=True, check=False
    )

    assert "The voice ours needs more memory than this machine has free" in told.stdout, told.stderr
