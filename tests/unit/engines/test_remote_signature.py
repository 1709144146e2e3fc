"""AWS's signature of a request: an example whose signature botocore, AWS's own library, has computed."""

from __future__ import annotations

from datetime import UTC, datetime

from service.engines.remote.signature import Place, signed

KEY = "AKIDEXAMPLE:wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
PLACE = Place("polly.eu-west-1.amazonaws.com", "eu-west-1", "polly")
BODY = '{"Text": "سلام"}'.encode()
NOW = datetime(2026, 11, 29, 12, 34, 56, tzinfo=UTC)


def sent(key: str) -> dict[str, str]:
    return signed(PLACE, "/v1/speech", {"Content-Type": "application/json"}, BODY, key, NOW)


def test_a_request_is_signed_as_botocore_does() -> None:
    assert sent(KEY) == {
        "Content-Type": "application/json",
        "Host": "polly.eu-west-1.amazonaws.com",
        "X-Amz-Date": "20261129T123456Z",
        "Authorization": "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261129/eu-west-1/polly/aws4_request, "
        "SignedHeaders=content-type;host;x-amz-date, "
        "Signature=e56d6b82aaecb0d156c03aa1b7e14a03c29995360a0b9e2326feaff0b3bb6a7a",
    }


def test_a_temporary_key_has_a_token() -> None:
    headers = sent(f"{KEY}:TOKEN==")
    assert headers["X-Amz-Security-Token"] == "TOKEN=="
    assert headers["Authorization"].endswith(
        "1e010f33a83379d312bf94ade780b1dbfee928887b390ef0fb55f7deda0d3d5a"
    )
