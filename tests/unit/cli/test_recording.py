"""``istami voices record``: where it may be reached, and its address."""

import os
import re
import ssl
import subprocess
import sys

import httpx
import pytest
import trustme
from typer.testing import CliRunner

from service.cli.voices import app
from service.model.errors import IstamiError, Unguarded


@pytest.fixture
def certificate(tmp_path):
    """A certificate for this machine, its key, and the authority that signed it."""
    authority = trustme.CA()
    issued = authority.issue_cert("127.0.0.1")
    files = tmp_path / "certificate.pem", tmp_path / "key.pem"
    issued.cert_chain_pems[0].write_to_path(str(files[0]))
    issued.private_key_pem.write_to_path(str(files[1]))
    return authority, files


@pytest.fixture
def served(tmp_path):
    """Start the command with these options; returns its address."""
    running = []

    def start(*options):
        line = [sys.executable, "-m", "service", "voices", "record", "ours", "--sentences", "2", *options]
        environment = os.environ | {"ISTAMI_DATA_DIR": str(tmp_path), "PYTHONUNBUFFERED": "1"}
        running.append(
            subprocess.Popen(line, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        )
        for printed in running[-1].stdout:
            if found := re.search(r"https?://\S+", printed):
                return httpx.URL(found.group())
        raise AssertionError(running[-1].stderr.read())

    yield start
    for process in running:
        process.terminate()
        process.communicate(timeout=20)


def refused(*options):
    CliRunner().invoke(app, ["record", *options], catch_exceptions=False)


@pytest.mark.parametrize("host", ["192.168.1.7", "example.org", "::2"])
def test_another_machine_needs_a_certificate(host):
    with pytest.raises(Unguarded, match="HTTPS"):
        refused("ours", "--host", host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", ""])  # noqa: S104  # refused
def test_every_address_at_once_is_refused(host):
    with pytest.raises(IstamiError, match="one address"):
        refused("ours", "--host", host)


@pytest.mark.parametrize("name", ["../up", "a/b", "Ours", "", "-x", "صوت"])
def test_a_name_that_is_no_folder_is_refused(name):
    with pytest.raises(IstamiError, match="not a name"):
        refused("--", name)


def test_a_certificate_without_its_key_is_refused(certificate):
    with pytest.raises(IstamiError, match="belong together"):
        refused("ours", "--certificate", str(certificate[1][0]))


def test_with_a_certificate_the_page_is_served_over_tls(served, certificate):
    authority, (chain, key) = certificate
    address = served("--port", "0", "--certificate", str(chain), "--private-key", str(key))
    context = ssl.create_default_context()
    authority.configure_trust(context)
    base = f"{address.scheme}://{address.netloc.decode()}"

    with httpx.Client(base_url=base, verify=context) as client:
        assert address.scheme == "https"
        assert client.get("/").status_code == 200
        assert client.get("/session").status_code == 401
        key_ = address.fragment.partition("=")[2]
        own = {"Authorization": f"Bearer {key_}", "Origin": base}
        assert len(client.get("/session", headers=own).json()["prompts"]) == 2
        plain = own | {"Origin": base.replace("https", "http")}
        assert client.get("/session", headers=plain).status_code == 403


def test_the_page_names_no_server_and_keeps_nothing(served):
    address = served("--port", "0")

    page = httpx.get(f"http://{address.netloc.decode()}/")

    assert "server" not in page.headers
    assert page.headers["Cache-Control"] == "no-store"
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
