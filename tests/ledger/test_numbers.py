"""Numbers: gapless in their series and period, whoever asks at once and whatever is rolled back."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime

from sqlalchemy.orm import Session

from app.database import transaction
from app.ledger import case_number, paper, take, worded
from app.rules.limits import Versions
from app.rules.office import Office
from app.rules.workdays import BEIJING, Calendar
from tests.databases import Desk


class ChangedHisMind(Exception):
    pass


def office(year: int) -> Office:
    calendar = Calendar.of({date(year, 1, 1): False})
    return Office(calendar, Versions([]), datetime(year, 3, 2, tzinfo=BEIJING))


def test_a_series_begins_at_one_in_each_period(desk: Desk) -> None:
    with transaction(desk.sessions) as session:
        assert [take(session, "reminder", 2025) for _ in range(3)] == [1, 2, 3]
        assert take(session, "reminder", 2026) == 1
        assert take(session, "list", 2025) == 1
        assert take(session, "reminder", 2025, 10) == 4
        assert take(session, "reminder", 2025) == 14


def test_a_number_is_given_back_when_the_transaction_fails(desk: Desk) -> None:
    with transaction(desk.sessions) as session:
        assert take(session, "reminder", 2025) == 1
    try:
        with transaction(desk.sessions) as session:
            assert take(session, "reminder", 2025) == 2
            raise ChangedHisMind
    except ChangedHisMind:
        pass
    with transaction(desk.sessions) as session:
        assert take(session, "reminder", 2025) == 2


def test_a_case_number_is_its_day_and_at_least_four_digits(desk: Desk) -> None:
    with transaction(desk.sessions) as session:
        day = date(2026, 3, 2)
        assert case_number(session, day) == "202603020001"
        take(session, "case", 20260302, 9998)
        assert case_number(session, day) == "2026030210000"
        assert case_number(session, date(2026, 3, 3)) == "202603030001"


def test_a_papers_number_names_its_series_and_year(desk: Desk) -> None:
    with transaction(desk.sessions) as session:
        assert paper(session, office(2025), "reminder") == "神热线催〔2025〕1号"
        assert paper(session, office(2025), "reminder") == "神热线催〔2025〕2号"
        assert paper(session, office(2026), "reminder") == "神热线催〔2026〕1号"
    assert worded(office(2026), "referral", 2026, 12) == "神政督函〔2026〕12号"


def one_of_many(desk: Desk, n: int) -> int | None:
    """Take a number and keep it, or change one's mind: every third does."""

    def work(session: Session) -> int:
        number = take(session, "case", 20260302)
        if n % 3 == 0:
            raise ChangedHisMind
        return number

    try:
        with transaction(desk.sessions) as session:
            return work(session)
    except ChangedHisMind:
        return None


def test_eight_at_once_who_often_change_their_minds_leave_no_gap_and_take_nothing_twice(
    desk: Desk,
) -> None:
    with ThreadPoolExecutor(8) as pool:
        taken = [
            number
            for number in pool.map(lambda n: one_of_many(desk, n), range(160))
            if number is not None
        ]
    assert sorted(taken) == list(range(1, len(taken) + 1))
    assert len(taken) == 160 - 54
