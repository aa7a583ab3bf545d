"""The page of keys, and the slip with which a dossier is carried to the committee's own network."""

from __future__ import annotations

from pathlib import Path

from app.database import transaction
from app.ledger.signers import add_signing
from app.ledger.signing import name_of_key
from app.models import Checkpoint, Dossier, Event, Handover
from app.papers.blocks import fours, grouped
from app.papers.verifying import script_sha256
from app.roles import ROLES
from tests.databases import SIGNING, Desk
from tests.office import moment
from tests.room import Room
from tests.views.panel import panel_over
from tests.views.test_papers import title

OTHER = b"\x05" * 32


def room_of(desk: Desk, tmp_path: Path) -> Room:
    room = Room(desk)
    room.data = tmp_path / "data"
    return room


def test_everybody_with_an_account_sees_the_keys_with_their_days_and_the_script(
    desk: Desk, tmp_path: Path
) -> None:
    room = room_of(desk, tmp_path)
    room.to("seal_referral")
    with transaction(desk.sessions) as session:
        add_signing(session, moment("2025-06-13 09:00"), OTHER)
    newest = room.rows(Checkpoint)[-1]
    desk.sessions.kw["info"]["signing_keys"] = (OTHER, SIGNING)
    with panel_over(desk, tmp_path / "data", moment("2025-06-13 10:00")) as panel:
        for role in ROLES:
            word = {"unit_staff": "staff@WATER", "unit_head": "head@WATER"}.get(role, role)
            told = panel.of(word).get("/keys/")
            assert told.status_code == 200, word
            page = told.text
            assert grouped(name_of_key(SIGNING)) in page and grouped(name_of_key(OTHER)) in page
            assert page.index(grouped(name_of_key(OTHER))) < page.index(
                grouped(name_of_key(SIGNING))
            )
            assert "2025-06-13 09:00" in page and grouped(script_sha256()) in page
            assert fours(newest.root[:16]) in page
        assert panel.browser().get("/keys/").status_code == 302


def test_letter_slip_and_dossier_name_zip_script_key_and_witness(
    desk: Desk, tmp_path: Path
) -> None:
    room = room_of(desk, tmp_path)
    room.to("send_referral")
    room.do(
        "2025-06-16 10:00",
        "officer",
        "carry_dossier",
        "A",
        carried_on="disc",
        carrier="王五",
        label="光盘<001>",
    )
    (volume,), (slip,) = room.rows(Dossier), room.rows(Handover)
    id = room.referral.id
    marks = [volume.sha256, script_sha256(), name_of_key(SIGNING)]
    with panel_over(desk, tmp_path / "data", moment("2025-06-16 11:00")) as panel:
        letter = title(panel.of("officer").get(f"/papers/referral/{id}.pdf").data)
        for word in ("officer", "supervision_head", "leader", "committee"):
            answer = panel.of(word).get(f"/papers/handover/{slip.id}.pdf")
            assert answer.status_code == 200, word
            link = f'href="/papers/handover/{slip.id}.pdf"'
            assert link in panel.of(word).get(f"/referrals/show/{id}").text, word
        for word in ("it_admin", "log_auditor", "allocator", "head@WATER"):
            assert panel.of(word).get(f"/papers/handover/{slip.id}.pdf").status_code == 403, word
        for wrong in (0, slip.id + 1, 2**70):
            assert panel.of("officer").get(f"/papers/handover/{wrong}.pdf").status_code == 404
    printed = title(answer.data)
    assert all(mark in told for mark in marks for told in (letter, printed))
    assert "光盘（光盘<001>）" in printed and "王五" in printed and "收件人（签字）" in printed
    (sent,) = room.rows(Event, kind="referral.sent")
    assert f'"witness":"{letter.partition("核验码：")[2][:16]}"' in sent.payload


def test_a_dossier_is_carried_by_the_room_after_it_was_sent_and_by_nobody_else(
    desk: Desk, tmp_path: Path
) -> None:
    room = room_of(desk, tmp_path)
    room.to("seal_referral")
    how = {"carried_on": "drive", "carrier": "王五"}
    assert room.refused("2025-06-12 11:00", "officer", "carry_dossier", "A", **how)
    room.to("send_referral")
    for who in ("it_admin", "committee", "leader"):
        at = "2025-06-16 10:00"
        assert room.refused(at, who, "carry_dossier", "A", **how) == "no_right", who
    blank = {"carried_on": "drive", "carrier": " "}
    assert room.refused("2025-06-16 10:00", "officer", "carry_dossier", "A", **blank)
    room.do("2025-06-16 10:10", "officer", "carry_dossier", "A", **how)
    (told,) = room.told("referral.carried", "A")
    (volume,) = room.rows(Dossier)
    assert told == {"version": 1, "sha256": volume.sha256, "medium": "drive"}
