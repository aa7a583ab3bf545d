"""THIRD-PARTY.md names what the runtime lock installs: the same packages, at the same versions."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def table() -> list[list[str]]:
    """The rows: name, version, licence, home."""
    lines = (ROOT / "THIRD-PARTY.md").read_text(encoding="utf-8").splitlines()
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in lines
        if line.startswith("|")
    ]
    assert rows[0] == ["name", "version", "licence", "home"]
    return rows[2:]


def locked() -> list[tuple[str, str]]:
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    pins = [
        line.removesuffix(" \\").partition("==") for line in lines if line and line[0] not in "# "
    ]
    return [(name, version) for name, _, version in pins]


def test_the_table_names_each_package_of_the_lock_once_and_no_other() -> None:
    listed = sorted((name, version) for name, version, _, _ in table())
    assert listed == sorted(locked())


def test_each_package_has_a_licence_and_a_home() -> None:
    for name, _, licence, home in table():
        assert len(licence) > 2, name
        assert home.startswith("https://"), name
