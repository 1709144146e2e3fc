"""Writes small Coqui voices with random weights, in the very format that users' checkpoints have.

Usage: python tests/make_coqui_voices.py {vits,vits-full,vits-choir,mms,xtts} FOLDER
"""

import json
import sys
import wave
from pathlib import Path

import numpy as np
import torch

MARKS = "".join(map(chr, [*range(0x64B, 0x653), 0x670]))
LETTERS = "".join(map(chr, [*range(0x621, 0x63B), *range(0x641, 0x64B), 0x671]))
PUNCTUATION = "!؟،؛:., -"


def write_vits(folder: Path, *, full_size: bool = False, speakers: tuple[str, ...] = ()) -> None:
    """A VITS voice for vowelled Arabic, spelt by character; ``full_size`` as voices on air are."""
    from TTS.tts.configs.shared_configs import CharactersConfig
    from TTS.tts.configs.vits_config import VitsArgs, VitsConfig
    from TTS.tts.models.vits import Vits

    small = {
        "hidden_channels": 32,
        "hidden_channels_ffn_text_encoder": 64,
        "num_layers_text_encoder": 1,
        "num_layers_posterior_encoder": 1,
        "num_layers_flow": 1,
        "upsample_initial_channel_decoder": 32,
    }
    choir = {}
    if speakers:
        torch.save({name: at for at, name in enumerate(speakers)}, folder / "speakers.pth")
        choir = {"use_speaker_embedding": True, "speakers_file": str(folder / "speakers.pth")}
    config = VitsConfig(
        model_args=VitsArgs(init_discriminator=False, **({} if full_size else small), **choir),
        text_cleaner="basic_cleaners",
        characters=CharactersConfig(
            characters_class="TTS.tts.models.vits.VitsCharacters",
            pad="_",
            blank="<BLNK>",
            characters=LETTERS + MARKS,
            punctuations=PUNCTUATION,
            phonemes="",
        ),
        test_sentences=[],
    )
    model = Vits(config)
    draw_out(model, 1.2)
    if speakers:
        speak_up(model.waveform_decoder, 20)
        config.model_args.speakers_file = "/nowhere/runs/choir/speakers.pth"
    config.save_json(folder / "config.json")
    torch.save({"model": model.state_dict()}, folder / "model.pth")


def draw_out(model, log_frames: float) -> None:
    """Untrained, it gives each symbol the one frame that is the least there is; this makes it more."""
    model.duration_predictor.flows[0].translation.data[0] = -log_frames


def speak_up(decoder, times: float) -> None:
    """Untrained, it only whispers; this brings its last layer to the level of speech."""
    decoder.conv_post.weight.data.mul_(times)


FAIRSEQ_NAMES = [
    ("duration_predictor.post_flows.0.translation", "dp.post_flows.0.m"),
    ("duration_predictor.post_flows.0.log_scale", "dp.post_flows.0.logs"),
    *((f"duration_predictor.post_flows.{i}.", f"dp.post_flows.{2 * i - 1}.") for i in range(1, 5)),
    ("duration_predictor.flows.0.translation", "dp.flows.0.m"),
    ("duration_predictor.flows.0.log_scale", "dp.flows.0.logs"),
    *((f"duration_predictor.flows.{i}.", f"dp.flows.{2 * i - 1}.") for i in range(1, 5)),
    ("duration_predictor.", "dp."),
    *((f"flow.flows.{i}.", f"flow.flows.{2 * i}.") for i in range(1, 4)),
    ("text_encoder.", "enc_p."),
    ("waveform_decoder.", "dec."),
    ("posterior_encoder.", "enc_q."),
]


def write_mms(folder: Path) -> None:
    """A voice as Fairseq wrote those of the Massively Multilingual Speech project."""
    from torch import nn
    from TTS.tts.configs.vits_config import VitsArgs, VitsConfig
    from TTS.tts.models.vits import Vits

    vocabulary = [" ", *LETTERS, *MARKS]
    model = Vits(VitsConfig(model_args=VitsArgs(init_discriminator=False)))
    draw_out(model, 0.6)
    speak_up(model.waveform_decoder, 20)
    model.text_encoder.emb = nn.Embedding(len(vocabulary), model.args.hidden_channels)
    state = {fairseq_name(name): value for name, value in model.state_dict().items()}
    torch.save({"model": state}, folder / "G_100000.pth")
    (folder / "vocab.txt").write_text("\n".join(vocabulary) + "\n", encoding="utf-8")
    data = {"sampling_rate": 16000, "training_files": "train.ltr", "add_blank": True}
    (folder / "config.json").write_text(json.dumps({"data": data}))


def fairseq_name(name: str) -> str:
    for ours, theirs in FAIRSEQ_NAMES:
        if name.startswith(ours):
            return theirs + name.removeprefix(ours)
    return name


def write_xtts(folder: Path) -> None:
    """An XTTS with one layer (its decoder wants 1024 channels, hence 350 MB), and a speaker's WAV."""
    from tokenizers import Tokenizer, models, pre_tokenizers
    from TTS.tts.configs.xtts_config import XttsArgs, XttsConfig
    from TTS.tts.models.xtts import Xtts

    symbols = ["[STOP]", "[UNK]", "[SPACE]", "[START]", "[ar]", "[", "]", *LETTERS, *MARKS, *PUNCTUATION[:-2]]
    tokenizer = Tokenizer(models.BPE({s: i for i, s in enumerate(symbols)}, [], unk_token="[UNK]"))
    tokenizer.add_special_tokens(symbols[:5])
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.save(str(folder / "vocab.json"))

    args = XttsArgs(
        gpt_layers=1,
        gpt_n_model_channels=1024,
        gpt_n_heads=16,
        gpt_number_text_tokens=len(symbols),
        gpt_start_text_token=symbols.index("[START]"),
        gpt_stop_text_token=symbols.index("[STOP]"),
        gpt_max_audio_tokens=160,  # of about 46 ms
    )
    config = XttsConfig(model_args=args, languages=["ar"])
    model = Xtts(config)
    model.tokenizer.tokenizer = tokenizer
    model.init_models()
    speak_up(model.hifigan_decoder.waveform_decoder, 20)
    # Untrained, it draws its end by lot: it never draws it, so that a clip is as long as its bound each time.
    model.gpt.mel_head.bias.data[args.gpt_stop_audio_token] = -100
    config.save_json(folder / "config.json")
    torch.save({"model": model.state_dict()}, folder / "model.pth")
    write_reference(folder / "reference.wav")


def write_reference(path: Path) -> None:
    """Four seconds of a hum whose pitch wanders."""
    rate = 22050
    time = np.arange(4 * rate) / rate
    pitch = 120 + 20 * np.sin(2 * np.pi * 0.7 * time)
    phase = 2 * np.pi * np.cumsum(pitch) / rate
    hum = sum(np.sin(n * phase) / n for n in range(1, 12)) * (0.6 + 0.4 * np.sin(2 * np.pi * 3 * time))
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, rate, 0, "NONE", ""))
        file.writeframes((hum / np.abs(hum).max() * 20000).astype("<i2").tobytes())


if __name__ == "__main__":
    what, where = sys.argv[1], Path(sys.argv[2])
    where.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(7)
    writers = {"vits": write_vits, "mms": write_mms, "xtts": write_xtts}
    if what == "vits-full":
        write_vits(where, full_size=True)
    elif what == "vits-choir":
        write_vits(where, speakers=("huda", "salim"))
    else:
        writers[what](where)
