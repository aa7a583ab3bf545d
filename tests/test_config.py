"""Settings: what each one defaults to, what is refused, and that keys are made once and kept
private."""

import ast
import subprocess
import sys
from dataclasses import FrozenInstanceError
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from config import PROJECT, Config, ConfigError, load, save_keys

LONG_KEY = "k" * 32


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "var"


def read(data: Path, **settings: str) -> Config:
    return load({"DESK_DATA": str(data), **settings})


def made(data: Path, **settings: str) -> Config:
    """The settings of an office that is being made."""
    config = load({"DESK_DATA": str(data), **settings}, making=True)
    save_keys(config)
    return config


def refusal(data: Path, **settings: str) -> str:
    with pytest.raises(ConfigError) as caught:
        read(data, **settings)
    return str(caught.value)


def test_the_defaults_are_a_demo_on_sqlite_with_the_built_in_server(data: Path) -> None:
    config = read(data)
    assert (config.env, config.production) == ("demo", False)
    assert config.database_url == f"sqlite:///{data}/desk.db"
    assert (config.redis_url, config.demo_password, config.clock) == (None, None, None)


def test_the_data_directory_stands_beside_the_code_when_unset(tmp_path: Path) -> None:
    # In a copy, because loading makes the directory.
    copy = tmp_path / "copy"
    copy.mkdir()
    (copy / "config.py").write_text((PROJECT / "config.py").read_text())
    script = f"import sys; sys.path.insert(0, {str(copy)!r}); import config; print(config.load({{}}).data)"
    shown = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, check=True, capture_output=True
    )
    assert shown.stdout.decode().strip() == str(copy / "var")
    assert (copy / "var").stat().st_mode & 0o777 == 0o700


def test_an_empty_setting_counts_as_unset(data: Path) -> None:
    names = (
        "DATABASE_URL",
        "REDIS_URL",
        "SECRET_KEY",
        "DESK_ENV",
        "DESK_DEMO_PASSWORD",
        "DESK_CLOCK",
    )
    assert read(data, **dict.fromkeys(names, "")) == read(data)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_a_postgresql_url_names_its_driver(data: Path, scheme: str) -> None:
    config = read(data, DATABASE_URL=f"{scheme}://duban:secret@db:5432/duban")
    assert config.database_url == "postgresql+psycopg://duban:secret@db:5432/duban"


def test_a_sqlite_file_may_stand_elsewhere(data: Path) -> None:
    assert (
        read(data, DATABASE_URL="sqlite:////srv/desk.db").database_url == "sqlite:////srv/desk.db"
    )


@pytest.mark.parametrize(
    "url",
    [
        "mysql://db/duban",
        "postgresql+psycopg2://db/x",
        "sqlite://",
        "sqlite:///:memory:",
        "desk.db",
    ],
)
def test_another_database_is_refused(data: Path, url: str) -> None:
    assert refusal(data, DATABASE_URL=url).startswith("DATABASE_URL cannot be used")


def test_a_refused_url_does_not_show_its_password(data: Path) -> None:
    assert "hunter2" not in refusal(data, DATABASE_URL="mysql://u:hunter2@db/x")
    assert "hunter2" not in refusal(data, REDIS_URL="http://:hunter2@cache")


@pytest.mark.parametrize(
    "url", ["redis://cache:6379/0", "rediss://cache", "unix:///run/valkey.sock"]
)
def test_a_redis_url_is_taken_as_it_is(data: Path, url: str) -> None:
    assert read(data, REDIS_URL=url).redis_url == url


@pytest.mark.parametrize("url", ["http://cache", "cache:6379", "redis://", "unix://"])
def test_another_redis_url_is_refused(data: Path, url: str) -> None:
    assert refusal(data, REDIS_URL=url).startswith("REDIS_URL cannot be used")


def test_production_wants_a_password_for_redis_on_the_network(data: Path) -> None:
    assert "REDIS_URL" in refusal(data, DESK_ENV="production", REDIS_URL="redis://cache:6379/0")
    for url in ("redis://:pw@cache:6379/0", "redis://127.0.0.1:6379/0", "unix:///run/valkey.sock"):
        assert made(data, DESK_ENV="production", REDIS_URL=url).redis_url == url


def test_an_unknown_env_is_refused(data: Path) -> None:
    assert "DESK_ENV" in refusal(data, DESK_ENV="staging")


@pytest.mark.parametrize("password", ["x" * 12, "密码密码密码密码密码密码"])
def test_a_demo_password_of_twelve_characters_is_taken(data: Path, password: str) -> None:
    assert read(data, DESK_DEMO_PASSWORD=password).demo_password == password


def test_a_shorter_demo_password_is_refused(data: Path) -> None:
    assert "DESK_DEMO_PASSWORD" in refusal(data, DESK_DEMO_PASSWORD="x" * 11)


def test_production_has_no_demo_password(data: Path) -> None:
    assert "DESK_DEMO_PASSWORD" in refusal(data, DESK_ENV="production", DESK_DEMO_PASSWORD="x" * 12)


def test_the_clock_is_chinas_when_it_names_no_zone(data: Path) -> None:
    clock = read(data, DESK_CLOCK="2026-03-02T09:00").clock
    assert clock == datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
    assert clock.utcoffset() == timedelta(hours=8)


def test_the_clock_keeps_the_zone_it_names(data: Path) -> None:
    clock = read(data, DESK_CLOCK="2026-03-02T09:00Z").clock
    assert clock is not None
    assert (clock, clock.utcoffset()) == (datetime(2026, 3, 2, 9, 0, tzinfo=UTC), timedelta(0))


def test_a_clock_that_is_no_moment_is_refused(data: Path) -> None:
    assert "DESK_CLOCK" in refusal(data, DESK_CLOCK="Monday")


def test_production_has_no_set_clock(data: Path) -> None:
    assert "DESK_CLOCK" in refusal(data, DESK_ENV="production", DESK_CLOCK="2026-03-02T09:00")


def test_production_refuses_a_short_secret_key(data: Path) -> None:
    assert "SECRET_KEY" in refusal(data, DESK_ENV="production", SECRET_KEY="k" * 31)
    assert made(data, DESK_ENV="production", SECRET_KEY=LONG_KEY).secret_key == LONG_KEY
    assert read(data, SECRET_KEY="short").secret_key == "short"


@pytest.mark.parametrize("name", ["DEBUG", "FLASK_DEBUG"])
def test_production_is_not_debugged(data: Path, name: str) -> None:
    assert name in refusal(data, DESK_ENV="production", **{name: "1"})
    assert made(data, DESK_ENV="production", **{name: "0"}).production
    assert read(data, **{name: "1"}).env == "demo"


@pytest.mark.parametrize("name", ["secret.key", "ledger.key", "signing.key"])
def test_production_refuses_a_missing_key_file_and_makes_none(data: Path, name: str) -> None:
    """A second ledger's key would make every event written so far look forged."""
    assert str(data / "ledger.key") in refusal(data, DESK_ENV="production")
    assert not data.exists()
    made(data, DESK_ENV="production")
    (data / name).unlink()
    told = refusal(data, DESK_ENV="production")
    assert str(data / name) in told and "backup" in told and "init" not in told
    assert not (data / name).exists()


def test_production_offers_a_new_office_only_where_it_was_asked_and_there_is_none(
    data: Path,
) -> None:
    environ = {"DESK_DATA": str(data), "DESK_ENV": "production"}
    with pytest.raises(ConfigError, match="`python -m app init` makes it"):
        load(environ, office=lambda url: None)
    for making in (False, True):
        with pytest.raises(ConfigError, match="none is made: an office is there"):
            load(environ, making, office=lambda url: "an office is there.")
    assert not data.exists()


def test_production_with_its_secret_key_given_needs_no_file_of_it(data: Path) -> None:
    made(data, DESK_ENV="production", SECRET_KEY=LONG_KEY)
    assert read(data, DESK_ENV="production", SECRET_KEY=LONG_KEY).secret_key == LONG_KEY


def test_production_refuses_the_folder_of_a_sample_office(data: Path) -> None:
    made(data, DESK_ENV="production")
    (data / "demo-password").write_text("seven-birds-on-wires")
    told = refusal(data, DESK_ENV="production")
    assert "demo-password" in told and "seven" not in told


def test_a_refused_start_leaves_nothing_on_the_disk(data: Path) -> None:
    for name, value in (("DATABASE_URL", "mysql://db"), ("DESK_CLOCK", "x"), ("DESK_ENV", "x")):
        refusal(data, **{name: value})
    assert not data.exists()


def test_keys_are_made_private_and_stay_the_same(data: Path) -> None:
    first = read(data)
    assert (len(first.secret_key), len(first.ledger_key)) == (64, 32)
    assert read(data) == first
    assert {path.name: path.stat().st_mode & 0o777 for path in data.iterdir()} == {
        "secret.key": 0o600,
        "ledger.key": 0o600,
        "signing.key": 0o600,
    }
    assert data.stat().st_mode & 0o777 == 0o700


def test_a_given_secret_key_makes_no_file(data: Path) -> None:
    read(data, SECRET_KEY=LONG_KEY)
    assert sorted(path.name for path in data.iterdir()) == ["ledger.key", "signing.key"]


def test_two_offices_have_two_keys(tmp_path: Path) -> None:
    one, other = read(tmp_path / "one"), read(tmp_path / "other")
    assert one.secret_key != other.secret_key
    assert one.ledger_key != other.ledger_key and one.signing_keys != other.signing_keys


@pytest.mark.parametrize("name", ["secret.key", "ledger.key", "signing.key"])
@pytest.mark.parametrize("mode", [0o640, 0o604])
def test_production_refuses_a_key_file_that_others_may_read(
    data: Path, name: str, mode: int
) -> None:
    read(data)
    (data / name).chmod(mode)
    assert f"chmod 600 {data / name}" in refusal(data, DESK_ENV="production")
    assert read(data).env == "demo"


@pytest.mark.parametrize("mode", [0o755, 0o750, 0o701, 0o770])
def test_production_refuses_a_data_folder_that_others_may_open(data: Path, mode: int) -> None:
    read(data)
    data.chmod(mode)
    assert f"chmod 700 {data}" in refusal(data, DESK_ENV="production")
    assert read(data).env == "demo"


@pytest.mark.parametrize("name", ["secret.key", "ledger.key", "signing.key"])
def test_a_damaged_key_file_is_refused_and_kept(data: Path, name: str) -> None:
    read(data)
    (data / name).write_bytes(b"\xffshort")
    assert str(data / name) in refusal(data)
    assert (data / name).read_bytes() == b"\xffshort"


@pytest.mark.parametrize("sign", ["what?", "a%41"])
def test_a_data_directory_with_a_sign_of_addresses_is_refused(tmp_path: Path, sign: str) -> None:
    """The address of its database would end there, or be another. Other signs do no harm."""
    with pytest.raises(ConfigError, match="without . and %"):
        load({"DESK_DATA": str(tmp_path / sign)})
    assert not list(tmp_path.iterdir())
    for name in ("a b", "a#b", "数据"):
        assert load({"DESK_DATA": str(tmp_path / name)}).data == tmp_path / name


def test_a_data_directory_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    assert "DESK_DATA" in refusal(tmp_path / "file" / "var")
    assert "DESK_DATA" in refusal(tmp_path / "file")


def test_processes_starting_at_once_agree_on_the_keys(data: Path) -> None:
    # Each waits for the same moment, so that they meet at the files.
    script = (
        "import sys, time; from config import load\n"
        "time.sleep(max(0, float(sys.argv[2]) - time.time()))\n"
        "c = load({'DESK_DATA': sys.argv[1]}); print(c.secret_key, c.ledger_key.hex(), c.signing_keys[0].hex())"
    )
    start = str(datetime.now(UTC).timestamp() + 0.5)
    command = [sys.executable, "-c", script, str(data), start]
    racers = [
        subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True) for _ in range(8)
    ]
    printed = {racer.communicate(timeout=60)[0] for racer in racers}
    assert [racer.returncode for racer in racers] == [0] * 8
    config = read(data)
    keys = f"{config.secret_key} {config.ledger_key.hex()} {config.signing_keys[0].hex()}"
    assert printed == {f"{keys}\n"}
    assert sorted(path.name for path in data.iterdir()) == [
        *("ledger.key", "secret.key", "signing.key")
    ]


def test_every_refusal_is_one_sentence(data: Path) -> None:
    for name, value in (
        ("DATABASE_URL", "x"),
        ("REDIS_URL", "x"),
        ("DESK_ENV", "x"),
        ("DESK_CLOCK", "x"),
    ):
        sentence = refusal(data, **{name: value})
        assert name in sentence
        assert sentence.endswith(".")
        assert "\n" not in sentence


def test_secrets_stay_out_of_the_repr_and_the_value_is_frozen(data: Path) -> None:
    config = read(
        data, DATABASE_URL="postgresql://u:hunter2@db/x", DESK_DEMO_PASSWORD="correct horse"
    )
    for secret in (config.secret_key, repr(config.ledger_key), "hunter2", "correct horse"):
        assert secret not in repr(config)
    with pytest.raises(FrozenInstanceError):
        config.secret_key = "x"  # type: ignore[misc]


def test_it_needs_only_the_standard_library() -> None:
    tree = ast.parse((PROJECT / "config.py").read_text())
    froms = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    names = {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
    }
    assert {str(name).split(".")[0] for name in froms | names} <= sys.stdlib_module_names


def test_the_panel_listens_on_this_machine_only_on_port_8080_unless_another_is_named(
    data: Path,
) -> None:
    assert (read(data).bind, read(data).port) == ("127.0.0.1", 8080)
    named = read(data, DESK_BIND="0.0.0.0", PORT="5210")  # noqa: S104
    assert (named.bind, named.port) == ("0.0.0.0", 5210)  # noqa: S104
    assert read(data, DESK_BIND="localhost").bind == "127.0.0.1"


@pytest.mark.parametrize("port", ["0", "65536", "-1", "http", "８０"])
def test_a_port_that_is_none_is_refused(data: Path, port: str) -> None:
    assert refusal(data, PORT=port).startswith("PORT is")


def test_an_address_that_is_none_is_refused(data: Path) -> None:
    assert "DESK_BIND" in refusal(data, DESK_BIND="everywhere")


def test_a_short_token_for_the_metrics_is_refused(data: Path) -> None:
    assert "DESK_WALL_TOKEN" in refusal(data, DESK_WALL_TOKEN="short")
    assert "w" * 16 not in repr(read(data, DESK_WALL_TOKEN="w" * 16))
    assert "DESK_METRICS_TOKEN" in refusal(data, DESK_METRICS_TOKEN="short")
    assert read(data, DESK_METRICS_TOKEN="t" * 16).metrics_token == "t" * 16
    assert "t" * 16 not in repr(read(data, DESK_METRICS_TOKEN="t" * 16))


def test_a_clock_handed_on_names_the_real_moment_at_which_it_began(data: Path) -> None:
    began = "2026-11-24T12:00:00+08:00"
    handed = read(data, DESK_CLOCK="2025-09-30T08:29:30", DESK_CLOCK_SINCE=began)
    assert handed.clock_since == datetime.fromisoformat(began)
    assert read(data, DESK_CLOCK_SINCE=began).clock_since is None
    for wrong in ("noon", "2026-11-24T12:00:00"):
        assert "DESK_CLOCK_SINCE" in refusal(
            data, DESK_CLOCK="2025-09-30T08:29:30", DESK_CLOCK_SINCE=wrong
        )
