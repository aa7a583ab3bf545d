"""Callers who were on file before numbers were compared get their forms, on both databases."""

from __future__ import annotations

from alembic import command
from sqlalchemy import Engine, inspect, text

from migrations import upgrade
from tests.spellings import ONE_MOBILE, SOME_MOBILE
from tests.test_migrations import blank  # noqa: F401  (the fixture)


def test_old_callers_get_the_form_of_their_number_and_name_and_lose_them_again(
    blank: Engine,  # noqa: F811
) -> None:
    upgrade.upgrade(blank, "0007")
    old = [phone for phone in SOME_MOBILE if len(phone) <= 40] * 50
    with blank.begin() as connection:
        write = text("INSERT INTO caller (id, name, phone) VALUES (:id, :name, :phone)")
        rows = [
            {"id": n, "name": "阿卜杜拉 • 买买提", "phone": phone} for n, phone in enumerate(old, 1)
        ]
        rows.append({"id": len(old) + 1, "name": "王丽", "phone": "没有电话"})
        connection.execute(write, rows)
    upgrade.upgrade(blank, "0008")
    with blank.connect() as connection:
        found = connection.execute(
            text("SELECT number, named, count(*) FROM caller GROUP BY 1, 2 ORDER BY 1")
        )
        assert [tuple(row) for row in found] == [
            ("", "王丽", 1),
            (ONE_MOBILE, "阿卜杜拉买买提", len(old)),
        ]
        typed = connection.execute(text("SELECT phone FROM caller ORDER BY id")).scalars().all()
        assert typed == [*old, "没有电话"]
    config = upgrade.alembic_config()
    with upgrade._rewriting(blank) as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0007")
    looked = inspect(blank)
    assert {column["name"] for column in looked.get_columns("caller")} == {
        "id",
        "name",
        "phone",
        "flagged_at",
    }
    assert "told_as" not in looked.get_table_names()
