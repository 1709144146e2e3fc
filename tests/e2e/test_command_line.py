"""The commands, as they are typed."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import mutagen
import pytest

PAGE = Path(__file__).parents[1] / "corpus" / "pages" / "olive_bank.txt"
HTML = PAGE.with_name("library.html")


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return tmp_path_factory.mktemp("data")


@pytest.fixture
def istami(data, tmp_path):
    """Runs a command in an empty folder."""

    def istami(*words: str, stdin: bytes = b"", wrap: tuple[str, ...] = (), **settings: str):
        kept = {name: value for name, value in os.environ.items() if not name.startswith("ISTAMI_")}
        kept.pop("REDIS_URL", None)
        root = str(Path(__file__).parents[2])
        environment = {**kept, "ISTAMI_DATA_DIR": str(data), "PYTHONPATH": root, **settings}
        command = [*wrap, sys.executable, "-m", "service", *words]
        return subprocess.run(
            command, input=stdin, capture_output=True, cwd=tmp_path, env=environment, timeout=300, check=False
        )

    return istami


class TestSpeak:
    def test_a_file_becomes_an_mp3_beside_it(self, istami, tmp_path) -> None:
        shutil.copy(PAGE, tmp_path / "مقال.txt")
        done = istami("speak", "مقال.txt", "--title", "بنك البذور")
        assert done.returncode == 0, done.stderr.decode()
        assert done.stdout == b""
        told = mutagen.File(tmp_path / "مقال.mp3")
        assert told.info.length > 60
        assert str(told["TIT2"]) == "بنك البذور"
        assert "مقال.mp3" in done.stderr.decode()

    def test_standard_input_becomes_standard_output(self, istami) -> None:
        done = istami("speak", "-", "-o", "-", stdin="نص قصير من أنبوب.".encode())
        assert done.returncode == 0
        assert mutagen.File(io.BytesIO(done.stdout)).info.length > 1

    def test_a_page_is_read_as_a_page(self, istami, tmp_path) -> None:
        assert istami("speak", str(HTML), "-o", "page.mp3", "--speed", "2").returncode == 0
        assert str(mutagen.File(tmp_path / "page.mp3")["TIT2"]) == "خبر المكتبة"

    def test_ssml_is_known_by_its_name_by_its_beginning_or_because_it_is_said(self, istami, tmp_path) -> None:
        ssml = '<?xml version="1.0"?>\n<speak>وصل <say-as interpret-as="characters">12</say-as> أمس.</speak>'
        for name in ("a.ssml", "a.xml"):
            (tmp_path / name).write_text(ssml, encoding="utf-8")
        for words in (("a.ssml",), ("a.xml", "--ssml"), ("-",)):
            done = istami("explain", *words, stdin=ssml.encode())
            assert done.returncode == 0, done.stderr.decode()
            assert "← وصل واحد اثنان أمس." in done.stdout.decode()

    def test_ssml_is_spoken_and_what_is_unknown_ignored_if_asked(self, istami, tmp_path) -> None:
        ssml = '<speak><x>وصل القطار.</x><break time="3s"/> ونام.</speak>'
        (tmp_path / "a.ssml").write_text(ssml, encoding="utf-8")
        refused = istami("speak", "a.ssml")
        assert refused.returncode == 1
        assert "<x>" in refused.stderr.decode()
        assert istami("speak", "a.ssml", "--ignore-unknown").returncode == 0
        assert mutagen.File(tmp_path / "a.mp3").info.length > 4

    def test_a_page_is_fetched_by_its_address_and_read(self, istami, publisher, tmp_path) -> None:
        publisher.page("/%D8%AE%D8%A8%D8%B1.html?id=1", HTML.read_bytes())
        url = f"http://127.0.0.1:{publisher.port}/خبر.html?id=1"
        done = istami("speak", url, ISTAMI_FETCH_PRIVATE_HOSTS=f"127.0.0.1:{publisher.port}")
        assert done.returncode == 0, done.stderr.decode()
        told = mutagen.File(tmp_path / "خبر.mp3")
        assert str(told["TIT2"]) == "خبر المكتبة"

    @pytest.mark.parametrize(
        "host", ["127.0.0.1", "localhost", "169.254.169.254", "[::ffff:7f00:1]", "2130706433"]
    )
    def test_no_page_of_a_private_network_is(self, istami, host: str) -> None:
        for command in (("speak", "-o", "x.mp3"), ("explain",)):
            done = istami(*command, f"http://{host}/")
            assert done.returncode == 1
            assert "private network" in done.stderr.decode() or "not the address" in done.stderr.decode()

    def test_nothing_is_left_running(self, istami, data) -> None:
        from cache import server

        istami("speak", "-", "-o", "-", stdin="نص.".encode())
        assert not server.answers(data / "redis")

    @pytest.mark.parametrize(
        ("words", "stdin", "status", "said"),
        [
            (("speak", "nowhere.txt"), b"", 1, "nowhere.txt"),
            (("speak", "-", "-o", "x.mp3"), b"", 1, "empty"),
            (("speak", "-", "-o", "x.mp3"), b"\xff\xfe\xfa", 1, "UTF-8"),
            (("speak", "-", "-o", "/nowhere/x.mp3"), "نص.".encode(), 1, "/nowhere/x.mp3"),
            (("speak", "-", "-o", "x.mp3", "--voice", "nobody"), "نص.".encode(), 1, "nobody"),
            (("speak", "-", "-o", "x.mp3", "--speed", "9"), "نص.".encode(), 2, "speed"),
            (("speak", "-"), "نص.".encode(), 2, "--output"),
            (("speak",), b"", 2, "FILE"),
            (("sing",), b"", 2, "sing"),
            (("speak", "-", "--loud"), b"", 2, "--loud"),
        ],
    )
    def test_what_goes_wrong_is_said_and_leaves_no_file(
        self, istami, tmp_path, words, stdin, status, said
    ) -> None:
        done = istami(*words, stdin=stdin)
        assert done.returncode == status, done.stderr.decode()
        assert said in done.stderr.decode()
        assert "Traceback" not in done.stderr.decode()
        assert not list(tmp_path.iterdir())

    def test_a_setting_that_cannot_be_is_a_usage_error(self, istami) -> None:
        done = istami("speak", "-", "-o", "-", stdin="نص.".encode(), ISTAMI_BITRATE="65")
        assert done.returncode == 2
        assert "BITRATE" in done.stderr.decode()


class TestExplain:
    def test_json_is_a_list_of_sentences(self, istami) -> None:
        done = istami("explain", str(PAGE), "--json")
        assert done.returncode == 0, done.stderr.decode()
        sentences = json.loads(done.stdout)
        assert len(sentences) == 7
        for sentence in sentences:
            assert {"text", "spoken", "diacritised", "phonemes"} <= set(sentence)
        assert "sana" in sentences[1]["phonemes"].replace("ː", "")

    def test_case_endings_are_those_asked_for_or_else_the_site_s_or_else_the_service_s(self, istami) -> None:
        def explained(*words: str, **settings: str) -> bool:
            done = istami("explain", "-", *words, stdin="حضر الوزير الجديد أمس.".encode(), **settings)
            assert done.returncode == 0, done.stderr.decode()
            return "الْوَزِيرُ الْجَدِيدُ" in done.stdout.decode()

        assert explained()
        assert not explained(ISTAMI_CASE_ENDINGS="none")
        assert not explained("--case-endings", "none")
        assert explained("--case-endings", "full", ISTAMI_CASE_ENDINGS="none")
        assert istami("sites", "add", "news.example", "--case-endings", "none").returncode == 0
        assert not explained("--site", "news.example")
        assert explained("--site", "news.example", "--case-endings", "full")

    def test_the_variant_is_the_one_asked_for_or_else_the_site_s_or_else_the_service_s(self, istami) -> None:
        def explained(*words: str, **settings: str) -> str:
            done = istami("explain", "-", *words, stdin="افتتح المعرض في 5/8/2024.".encode(), **settings)
            assert done.returncode == 0, done.stderr.decode()
            return next(month for month in ("أغسطس", "غشت", "أوت", "آب") if month in done.stdout.decode())

        assert explained() == "أغسطس"
        assert explained(ISTAMI_LOCALE="ar-LB") == "آب"
        assert explained("--locale", "ar-MA", ISTAMI_LOCALE="ar-LB") == "غشت"
        assert istami("sites", "add", "variant.example", "--locale", "ar-MA").returncode == 0
        assert explained("--site", "variant.example", ISTAMI_LOCALE="ar-LB") == "غشت"
        assert explained("--site", "variant.example", "--locale", "auto") == "أغسطس"

    def test_a_recording_has_the_variant_asked_for(self, istami) -> None:
        def recorded(locale: str) -> bytes:
            words = ("speak", "-", "-o", "-", "--locale", locale)
            return istami(*words, stdin="افتتح المعرض في 5/8/2024.".encode()).stdout

        assert recorded("ar-MA")[:3] == recorded("ar-DZ")[:3] == b"ID3"
        assert recorded("ar-MA") != recorded("ar-DZ")

    def test_a_recording_has_the_case_endings_asked_for(self, istami) -> None:
        def recorded(endings: str) -> bytes:
            words = ("speak", "-", "-o", "-", "--case-endings", endings)
            return istami(*words, stdin="حضر الوزير الجديد حفل الافتتاح أمس.".encode()).stdout

        assert recorded("full")[:3] == recorded("none")[:3] == b"ID3"
        assert recorded("full") != recorded("none")

    def test_a_page_is_explained_by_its_address(self, istami, publisher) -> None:
        publisher.page("/", "<p>وصل 3 رجال.</p>".encode())
        url = f"http://127.0.0.1:{publisher.port}/"
        done = istami("explain", url, ISTAMI_FETCH_PRIVATE_HOSTS=f"127.0.0.1:{publisher.port}")
        assert "ثلاثة رجال" in done.stdout.decode(), done.stderr.decode()

    def test_people_are_shown_lines(self, istami) -> None:
        done = istami("explain", "-", stdin="وصل 3 رجال.".encode())
        assert done.returncode == 0
        assert "ثلاثة رجال" in done.stdout.decode()

    def test_whoever_stops_reading_gets_no_traceback(self, istami) -> None:
        unread = ("sh", "-c", '"$@" | head -c 1 >/dev/null', "sh")
        done = istami("explain", str(PAGE), wrap=unread)
        assert "Traceback" not in done.stderr.decode()


class TestDoctor:
    def test_it_says_what_was_found(self, istami) -> None:
        done = istami("doctor")
        said = done.stdout.decode()
        assert done.returncode == 0, said
        for part in ("Redis", "sites", "ffmpeg", "diacritiser", "espeak-ar", "workers"):
            assert part in said

    def test_a_redis_that_is_not_there_is_a_failure_with_a_cure(self, istami) -> None:
        done = istami("doctor", REDIS_URL="redis://127.0.0.1:1/0")
        assert done.returncode == 1
        assert "REDIS_URL" in done.stdout.decode()


def test_every_command_says_how_it_is_used(istami) -> None:
    for words in ((), ("serve",), ("worker",), ("speak",), ("explain",), ("doctor",)):
        done = istami(*words, "--help")
        assert done.returncode == 0
        assert b"--help" in done.stdout
    assert istami("--version").stdout.startswith(b"istami 0")


def test_a_worker_without_a_redis_says_what_to_do(istami) -> None:
    done = istami("worker")
    assert done.returncode == 1
    assert "REDIS_URL" in done.stderr.decode()


def test_it_speaks_without_any_network(istami) -> None:
    """In a network namespace that has no route, not even to itself."""
    alone = ("unshare", "--user", "--map-root-user", "--net")
    if subprocess.run([*alone, "true"], capture_output=True, check=False).returncode:
        if os.environ.get("CI"):
            pytest.fail("CI must let root make network namespaces")
        pytest.skip("this machine lets nobody make network namespaces")
    done = istami("speak", "-", "-o", "-", stdin="نص يقرأ بلا شبكة.".encode(), wrap=alone)
    assert done.returncode == 0, done.stderr.decode()
    assert mutagen.File(io.BytesIO(done.stdout)).info.length > 1
