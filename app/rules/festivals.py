"""The public holidays' own dates: which days of a year a notice of rest days has to name. Loads
without any framework.

The State Council's measures on public holidays (全国年节及纪念日放假办法): 1 January, the Spring Festival (the
first of the first lunar month), Qingming (the sun at 15 degrees), 1 May, the Dragon Boat Festival
(the fifth of the fifth), Mid-Autumn (the fifteenth of the eighth), 1 October. The lunar ones are
facts of the almanac by Beijing time, worked out once from the new moons and solar terms, and
compared in tests with the years that the published calendar covers.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

FIRST, LAST = 1949, 2100
"""The years of the table."""
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_FROM = (
    ("spring_festival", 1, 20),
    ("qingming", 4, 1),
    ("dragon_boat", 5, 25),
    ("mid_autumn", 9, 5),
)
"""Of each letter of a year: which holiday, and the day (month, day) that the letter counts from."""
_YEARS = (
    "947vs4pl"
    "h4fa743sp4lhe4b644upn4jeb483t4rmj4gc844u"
    "q4njg4c854vro4kfd4a514tok4ida46vs4plh4ea"
    "743sq4lhe4b634upm4kfb383t4rmi4gc845ur3ni"
    "g4c754vqo4lgd3a5v4sok4hd946ws3okh4e9743s"
    "q4mhf3b634upl4jfb484u3qmi4fb845ur4ojg3c7"
    "44vqn4lgc4a623snk4hd946vt4pki3e9633sp4mh"
    "e4c733tpl3ieb483u4qmj3fa835tr4ojg4d853vq"
    "n3kgc49524sol3gc936vs4pkh4fa633so3mhe4b7"
    "34uqm3ieb373u4qmj4gb835tq3ojf4d8442rn3kf"
    "c39523snl4hca36us3pkh3ea644tp3lhd3a633tp"
    "m4jec372u3qlj3gb845uq3njf3c843vrn4kgd394"
    "13snk3hc947vs3pkg3ea633sp4mie3a633tom3je"
    "b483u3qli3gb735uq3njg3c743uqn3kfd3a523sn"
    "k3hc937vs3plh3d9632sp3lhe3b643tol3jda383"
    "t3rmi3fb734uq3njg3c853upn3kfc3a413tok4id"
)
"""Four letters a year, from 1949 on: how many days each of the four lies after its day above, in
base 36."""
NAMES = (
    "new_year",
    "spring_festival",
    "qingming",
    "labour_day",
    "dragon_boat",
    "mid_autumn",
    "national_day",
)
"""The public holidays in their order of the year."""


def holidays(year: int) -> Mapping[str, date]:
    """holiday -> its own date in a year, in the order of the year; without the lunar ones beyond
    the table."""
    found = {
        "new_year": date(year, 1, 1),
        "labour_day": date(year, 5, 1),
        "national_day": date(year, 10, 1),
    }
    if FIRST <= year <= LAST:
        word = _YEARS[4 * (year - FIRST) : 4 * (year - FIRST) + 4]
        for letter, (name, month, day) in zip(word, _FROM, strict=True):
            found[name] = date(year, month, day) + timedelta(days=_DIGITS.index(letter))
    return dict(sorted(found.items(), key=lambda pair: (pair[1], NAMES.index(pair[0]))))
