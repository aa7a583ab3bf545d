"""docs/workflow.md says what the tables say."""

from app.rules.workflow import ENDS, MAY_BECOME
from tests.workflow_page import PAGE, SUBJECTS, page


def test_the_page_is_what_the_tables_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run `python -m tests.workflow_page`"


def test_every_subject_is_drawn_and_every_end_has_its_row() -> None:
    assert list(SUBJECTS) == list(MAY_BECOME)
    assert page().count("stateDiagram-v2") == len(MAY_BECOME)
    arrows = sum(len(nexts) or 1 for subject in MAY_BECOME.values() for nexts in subject.values())
    assert page().count(" --> ") == arrows
    assert page().count("| who moved it |") + page().count("| the bot |") == sum(
        map(len, ENDS.values())
    )


def test_every_condition_has_a_name() -> None:
    assert "lambda" not in page()
