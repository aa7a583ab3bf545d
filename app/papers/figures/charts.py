"""Charts: pictures of figures that the server makes, the same on a page, on the wall and on paper. On
a page a bar leads to the rows that it counts."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pygal
from markupsafe import Markup
from pygal.style import Style

from app.papers import fonts

# pygal looks for maps among all modules that anybody imports later, by a way that Python has given up.
sys.meta_path[:] = [one for one in sys.meta_path if not type(one).__module__.startswith("pygal")]

FONT_SIZE, _WIDER = 13, 0.45
"""How high signs are, and by how much of that Chinese ones are wider than Latin ones are taken to
be."""
LINE_WIDTH, LINE_HEIGHT = 220, 48
"""How large a small line is."""
_UNREAD = ("script", "desc", "title")
_LOOKS = {
    "background": "transparent",
    "plot_background": "transparent",
    "label_font_size": FONT_SIZE,
    "major_label_font_size": FONT_SIZE,
    "legend_font_size": FONT_SIZE,
    "value_font_size": FONT_SIZE,
    "no_data_font_size": 16,
    "guide_stroke_dasharray": "2,3",
    "opacity": ".9",
    "opacity_hover": "1",
    "transition": "0s",
}
SCREEN = Style(
    font_family="var(--bs-font-sans-serif)",
    foreground="var(--ink)",
    foreground_strong="var(--ink)",
    foreground_subtle="var(--line)",
    guide_stroke_color="var(--line)",
    colors=("var(--lead)", "var(--chart-second)", "var(--chart-third)"),
    value_colors=("var(--ink)",) * 3,
    **_LOOKS,
)
"""On a page: colours and fonts are the page's own, in desk.css, by day and by night."""


def _of_paper(numbers: tuple[str, ...]) -> Style:
    """Colours that are still told apart in grey, from dark to light; `numbers` are those of what is
    printed at each row of bars."""
    return Style(
        font_family=", ".join(f"'{name}'" for name in fonts.WANTED["heading"]),
        foreground="#333",
        foreground_strong="#000",
        foreground_subtle="#bbb",
        guide_stroke_color="#bbb",
        colors=("#0b5cad", "#e0a030", "#c9d3db"),
        value_colors=numbers,
        **_LOOKS,
    )


PAPER, BESIDE = _of_paper(("#fff", "#000", "#000")), _of_paper(("#000",) * 3)
"""On paper: where numbers stand in their bars, and where they stand beside them, on white."""


@dataclass(frozen=True)
class Bar:
    """One bar: how many, what it is called, and where its rows are; nowhere where it has none."""

    n: float
    label: str
    href: str = ""


Rows = Sequence[tuple[str, Sequence[Bar]]]
"""What a row of bars counts, and its bars, one for each label of the chart."""


def upright(
    labels: Sequence[str],
    rows: Rows,
    style: Style = SCREEN,
    height: int = 250,
    name: str = "upright",
) -> Markup:
    """Bars beside one another, above their labels: how something went from week to week. `name` is
    the chart's own among those of a page."""
    chart = pygal.Bar(**_settings(style, height, show_legend=len(rows) > 1, show_y_labels=False))
    return _drawn(chart, labels, rows, name)


def lying(
    labels: Sequence[str], rows: Rows, style: Style = SCREEN, height: int = 250, name: str = "lying"
) -> Markup:
    """Bars below one another, beside their labels: which of many has most."""
    return _lying(pygal.HorizontalBar, labels, rows, style, height, name)


def stacked(
    labels: Sequence[str],
    rows: Rows,
    style: Style = SCREEN,
    height: int = 250,
    name: str = "stacked",
) -> Markup:
    """Bars below one another whose parts stand one behind the other."""
    return _lying(pygal.HorizontalStackedBar, labels, rows, style, height, name)


def _lying(
    kind: Any, labels: Sequence[str], rows: Rows, style: Style, height: int, name: str
) -> Markup:
    more: dict[str, Any] = {
        "show_x_labels": False,
        "margin_left": _room_for(labels),
        "show_legend": len(rows) > 1,
    }
    if kind is pygal.HorizontalStackedBar:
        more["print_values_position"] = "center"
        more["legend_at_bottom_columns"] = len(rows)
    elif style is PAPER:
        # What is printed beside a bar stands on white.
        style = BESIDE
    chart = kind(**_settings(style, height, **more))
    return _drawn(chart, labels[::-1], [(row, bars[::-1]) for row, bars in rows], name)


def line(
    values: Sequence[Decimal | int | None], style: Style = SCREEN, name: str = "line"
) -> Markup:
    """A small line of how something went; nothing where there is but one value."""
    if sum(value is not None for value in values) < 2:
        return Markup("")
    chart = pygal.Line(
        **_settings(
            style,
            LINE_HEIGHT,
            width=LINE_WIDTH,
            show_x_labels=False,
            show_y_labels=False,
            print_values=False,
            show_dots=False,
            stroke_style={"width": 3},
            margin=3,
        )
    )
    chart.add("", [None if value is None else float(value) for value in values])
    return _rendered(chart, name)


def _room_for(labels: Sequence[str]) -> int:
    """What Chinese labels need beside what is kept free for Latin ones."""
    return 6 + round(max(map(len, labels), default=0) * FONT_SIZE * _WIDER)


def _settings(style: Style, height: int, **more: Any) -> dict[str, Any]:
    given = {
        "style": style,
        "js": (),
        "width": 620,
        "height": height,
        "show_legend": False,
        "legend_at_bottom": True,
        "legend_box_size": 11,
        "margin": 6,
        "spacing": 8,
        "print_values": True,
        "print_values_position": "top",
        "print_zeroes": False,
        "truncate_label": -1,
        "show_y_guides": False,
        "show_x_guides": False,
        "rounded_bars": 2,
        "pretty_print": False,
        "disable_xml_declaration": True,
        "value_formatter": lambda n: f"{n:g}",
    }
    return {**given, **more}


def _drawn(chart: Any, labels: Sequence[str], rows: Rows, name: str) -> Markup:
    printed = str if chart.config.style is SCREEN else _printable
    chart.x_labels = [printed(label) for label in labels]
    for row, bars in rows:
        chart.add(printed(row), [_bar(bar) for bar in bars])
    return _rendered(chart, name)


def _printable(label: str) -> str:
    """A label as paper has it: what no font has by its number."""
    return fonts.printable(label)[0]


def _rendered(chart: Any, name: str) -> Markup:
    """The picture; its own name stands where pygal draws one by lot, so that it is the same each
    time."""
    chart.uuid = name
    chart.add_xml_filter(_bare)
    if type(chart) is pygal.HorizontalBar:
        chart.add_xml_filter(_beside)
    if chart.config.style is SCREEN:
        chart.add_xml_filter(_undressed)
    return Markup(chart.render(is_unicode=True))  # noqa: S704


def _bar(bar: Bar) -> dict[str, Any]:
    told: dict[str, Any] = {"value": bar.n, "label": bar.label}
    return {**told, "xlink": {"href": bar.href, "target": "_top"}} if bar.href and bar.n else told


def _bare(root: Any) -> Any:
    """The tree without its script and what only the script reads; each link says what it leads
    to."""
    for link in root.iter("a"):
        said = next((one.text for one in link.iter("desc") if one.get("class") == "label"), "")
        link.set("role", "link")
        link.set("aria-label", said)
    for above in list(root.iter()):
        for each in [one for one in above if _is_unread(one)]:
            above.remove(each)
    return root


def _beside(root: Any) -> Any:
    """The tree with each number beginning where its bar ends."""
    for group in root.iter("g"):
        if "text-overlay" in group.get("class", ""):
            for text in group.iter("text"):
                text.set("style", "text-anchor:start")
    return root


def _undressed(root: Any) -> Any:
    """The tree without colours and fonts of its own: on a page those are the page's."""
    for above in list(root.iter()):
        for each in [one for one in above if _is_dress(one)]:
            above.remove(each)
    return root


def _is_dress(node: Any) -> bool:
    return node.tag == "defs" or "tooltip-overlay" in node.get("class", "")


def _is_unread(node: Any) -> bool:
    """Whether no reader of the picture needs a part of it: a comment, a script, what it shows."""
    return not isinstance(node.tag, str) or node.tag in _UNREAD
