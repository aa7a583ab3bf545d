"""What lets anybody verify a volume: the sums' signature, the key that signed, the script that goes
along, and a page that says how."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from app.ledger.signing import fingerprint, pem, public_half, sign
from app.papers.blocks import Page, grouped, heading, pairs, paragraph, say

SCRIPT, KEY, PAGE = "verify_dossier.py", "signing-key.pem", "VERIFY.pdf"
SUMS, SIGNATURE = "SHA256SUMS", "SHA256SUMS.sig"
"""The names of these files in a volume."""
COMMANDS = (
    f"sha256sum {SCRIPT}",
    f"python3 {SCRIPT} --fingerprint …",
    f"sha256sum -c {SUMS}",
    f"openssl dgst -sha256 -verify {KEY} -signature {SIGNATURE} {SUMS}",
    f"openssl pkey -pubin -in {KEY} -outform DER | sha256sum",
)
"""What is typed to verify a volume."""


@lru_cache(maxsize=1)
def script() -> bytes:
    """The script that verifies a volume with nothing but Python."""
    return (Path(__file__).parent / "given" / SCRIPT).read_bytes()


def script_sha256() -> str:
    """Its SHA-256, which the letter and the panel's page of keys tell."""
    return hashlib.sha256(script()).hexdigest()


def key_file(key: bytes) -> bytes:
    """The public half of a private key, as openssl reads it."""
    return pem(public_half(key))


def signature(key: bytes, sums: bytes) -> bytes:
    """The signature of the sums."""
    return sign(key, sums)


def told_of(key: bytes) -> dict[str, str]:
    """What letter and slip tell of a volume that this private key signed."""
    return {"fingerprint": fingerprint(public_half(key)), "script_sha256": script_sha256()}


def verify_page(facts: Mapping[str, Any]) -> Page:
    """验证说明: how somebody who has nothing of ours verifies the volume, on one page."""
    return {
        "title": say("papers.verify.title"),
        "draft": False,
        "blocks": [
            paragraph(say("papers.verify.said", case_number=facts["case_number"])),
            heading("papers.verify.script", 2),
            paragraph(say("papers.verify.script.said")),
            pairs([("papers.verify.command", "\n".join(COMMANDS[:2]))]),
            heading("papers.verify.tools", 2),
            paragraph(say("papers.verify.tools.said")),
            pairs([("papers.verify.command", "\n".join(COMMANDS[2:]))]),
            pairs(
                [
                    ("papers.verify.fingerprint", grouped(facts["fingerprint"])),
                    ("papers.verify.script_sha256", grouped(facts["script_sha256"])),
                ]
            ),
            paragraph(say("papers.verify.letter")),
        ],
    }
