"""Draws figures as static SVG with text, for pages that hold no script and ask nobody for anything.

Series differ by colour (Okabe and Ito's palette) and by their marks, dashes or filling.
Every figure carries its title, a description in words and, folded away, its numbers as a table.
"""

import html
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from grading.figures import Figure, Item, Trace
from grading.words import text

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#8a6d00", "#56b4e9")
"""Okabe and Ito's colours, without the yellow that white swallows."""

_DASHES = ("", "7 4", "2 3", "9 3 2 3", "1 4", "12 4")
_FILLS = ("1", ".35", ".7", ".12")
_WIDTH, _HEIGHT = 640, 380
_LEFT, _RIGHT, _TOP, _BOTTOM = 70, 20, 40, 78
_MOST_DRAWN = 1_000
_MOST_ROWS = 40
_MOST_WORDS = 30


@dataclass(frozen=True)
class _Axis:
    """Places values between two ends; words get a place each, in their order.

    Attributes:
        low: Smallest value, or the first place.
        high: Largest value, or the last place.
        words: The words, if the axis carries words.
        times: Whether the values are times.
        start: Where the axis begins in the picture.
        end: Where it ends.
    """

    low: float
    high: float
    words: tuple[str, ...]
    times: bool
    start: float
    end: float

    def place(self, value: Item) -> float:
        """Returns the coordinate of a value; NaN if it has none."""
        if self.words:
            name = _word(value)
            value = float(self.words.index(name)) if name in self.words else math.nan
        if not isinstance(value, float) or not math.isfinite(value):
            return math.nan
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)

    def ticks(self) -> Iterator[tuple[float, str]]:
        """Gives coordinates and labels."""
        if self.words:
            step = math.ceil(len(self.words) / 8)
            for number in range(0, len(self.words), step):
                yield self.place(self.words[number]), _cut(self.words[number], 11)
            return
        for value in _days(self.low, self.high) if self.times else _round_steps(self.low, self.high):
            label = pd.Timestamp(value, unit="s").strftime("%Y-%m-%d") if self.times else f"{value:g}"
            yield self.place(value), label


def draw(figure: Figure, language: str = "en", name: str = "figure") -> str:
    """Returns a figure as HTML: the picture, its caption, its numbers.

    Args:
        figure: What it shows.
        language: Of the words around it.
        name: Begins the ids of its parts; unique on the page.

    Example:
        >>> from grading.figures import Figure, Trace
        >>> page = draw(Figure("Beds", "day", "beds", (Trace("bar", "A", ("Mo", "Tu"), (3.0, 5.0)),)))
        >>> page.count("<rect"), "<script" in page
        (2, False)
    """
    drawn = replace(figure, traces=tuple(map(_upright, figure.traces)))
    body = "".join(_picture(drawn))
    title = _e(figure.title or text("figure.untitled", language))
    told = _e(describe(drawn, language))
    return (
        f"<figure><svg viewBox='0 0 {_WIDTH} {_HEIGHT}' role='img' aria-labelledby='{name}-t {name}-d'>"
        f"<title id='{name}-t'>{title}</title><desc id='{name}-d'>{told}</desc>{body}</svg>"
        f"<figcaption>{told}</figcaption>{_numbers(drawn, language)}</figure>"
    )


def describe(figure: Figure, language: str = "en") -> str:
    """Returns what a figure shows in words: its axes, and the range of every series."""
    axes = text("figure.axes", language, x=figure.x_title or "x", y=figure.y_title or "y")
    series = [_said(trace, language) for trace in figure.traces]
    return " ".join([axes, *series]) if series else text("figure.empty", language)


def _said(trace: Trace, language: str) -> str:
    name = trace.name or trace.kind
    heights = [value for value in trace.y or trace.x if isinstance(value, float) and math.isfinite(value)]
    if not heights:
        return text("figure.unread", language, name=name)
    low, high = f"{min(heights):.6g}", f"{max(heights):.6g}"
    return text("figure.series", language, name=name, count=len(heights), low=low, high=high)


def _e(words: object) -> str:
    return html.escape("".join(c if c.isprintable() else " " for c in str(words)), quote=True)


def _cut(words: str, most: int) -> str:
    return words if len(words) <= most else words[: most - 1] + "…"


def _word(value: Item) -> str:
    return f"{value:g}" if isinstance(value, float) else value


def _upright(trace: Trace) -> Trace:
    """Turns lying bars up and counts a histogram; everything else stays."""
    if trace.horizontal and trace.kind == "bar":
        trace = replace(trace, x=trace.y, y=trace.x, horizontal=False, times=False)
    if trace.kind == "histogram":
        trace = _counted(trace)
    cut = _MOST_DRAWN
    return replace(trace, x=trace.x[:cut], y=trace.y[:cut])


def _counted(trace: Trace) -> Trace:
    """Returns the bars of a histogram: one for each word, or up to 20 of equal width."""
    values = trace.x or trace.y
    numbers = [value for value in values if isinstance(value, float) and math.isfinite(value)]
    if len(numbers) < len(values) or not numbers:
        words = sorted({_word(value) for value in values})
        found = [float(sum(_word(value) == word for value in values)) for word in words]
        return Trace("bar", trace.name, tuple(words), tuple(found))
    counts, edges = np.histogram(numbers, bins=min(20, max(1, round(math.sqrt(len(numbers))))))
    middles = tuple(float(x) for x in (edges[:-1] + edges[1:]) / 2)
    return Trace("bar", trace.name, middles, tuple(map(float, counts)), times=trace.times)


def _axes(figure: Figure) -> tuple[_Axis, _Axis]:
    xs = [x for trace in figure.traces for x in (_slot(trace, trace.x) if _is_box(trace) else trace.x)]
    ys = [y for trace in figure.traces for y in (trace.y or trace.x if _is_box(trace) else trace.y)]
    bars = any(trace.kind == "bar" for trace in figure.traces)
    across = _axis(xs, any(trace.times for trace in figure.traces), _LEFT, _WIDTH - _RIGHT, roomy=True)
    up = _axis([*ys, 0.0] if bars else ys, False, _HEIGHT - _BOTTOM, _TOP)
    return across, up


def _is_box(trace: Trace) -> bool:
    return trace.kind in ("box", "violin")


def _slot(trace: Trace, _: Sequence[Item]) -> tuple[str]:
    return (trace.name or trace.kind,)


def _axis(values: Sequence[Item], times: bool, start: float, end: float, roomy: bool = False) -> _Axis:
    numbers = [value for value in values if isinstance(value, float) and math.isfinite(value)]
    if any(isinstance(value, str) for value in values):
        words = tuple(dict.fromkeys(map(_word, values)))[:_MOST_WORDS]
        return _Axis(-0.5, len(words) - 0.5, words, False, start, end)
    low, high = (min(numbers), max(numbers)) if numbers else (0.0, 1.0)
    span = (high - low) or abs(high) or 1.0
    edge = span * 0.06 if roomy else span * 0.04
    bottom = low if low == 0 and not roomy else low - edge
    return _Axis(bottom, high + edge, (), times, start, end)


def _round_steps(low: float, high: float) -> list[float]:
    """Returns about five round values between two ends."""
    rough = (high - low) / 5
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough)
    first = math.ceil(low / step)
    return [round(n * step, 12) for n in range(first, first + 12) if n * step <= high]


def _days(low: float, high: float) -> list[float]:
    """Returns up to six midnights between two times, or the two ends of less than two days."""
    day = 86_400.0
    first, last = math.ceil(low / day), math.floor(high / day)
    if last - first < 1:
        return [low, high]
    return [n * day for n in range(first, last + 1, math.ceil((last - first + 1) / 6))]


def _picture(figure: Figure) -> Iterator[str]:
    across, up = _axes(figure)
    yield f"<g font-size='13' fill='currentColor'>{''.join(_frame(figure, across, up))}</g>"
    bars = [trace for trace in figure.traces if trace.kind == "bar"]
    for number, trace in enumerate(figure.traces):
        colour = COLOURS[number % len(COLOURS)]
        if trace.kind == "bar":
            yield from _bars(trace, bars.index(trace), len(bars), colour, across, up)
        elif trace.kind == "scatter":
            yield from _scatter(trace, number, colour, across, up)
        elif _is_box(trace):
            yield from _box(trace, colour, across, up)


def _frame(figure: Figure, across: _Axis, up: _Axis) -> Iterator[str]:
    """Gives titles, axes, ticks and the legend."""
    yield f"<text x='{_LEFT}' y='22' font-size='16' font-weight='600'>{_e(_cut(figure.title, 66))}</text>"
    floor, right = _HEIGHT - _BOTTOM, _WIDTH - _RIGHT
    yield f"<path d='M{_LEFT} {_TOP}V{floor}H{right}' fill='none' stroke='currentColor'/>"
    for x, label in across.ticks():
        yield f"<text x='{x:.1f}' y='{floor + 18}' text-anchor='middle'>{_e(label)}</text>"
    for y, label in up.ticks():
        yield f"<path d='M{_LEFT} {y:.1f}H{right}' stroke='currentColor' stroke-opacity='.15'/>"
        yield f"<text x='{_LEFT - 8}' y='{y + 4:.1f}' text-anchor='end'>{_e(_cut(label, 9))}</text>"
    middle = (_LEFT + right) / 2
    yield f"<text x='{middle}' y='{floor + 38}' text-anchor='middle'>{_e(_cut(figure.x_title, 60))}</text>"
    turned = f"transform='rotate(-90 16 {(_TOP + floor) / 2})'"
    yield (
        f"<text x='16' y='{(_TOP + floor) / 2}' text-anchor='middle' {turned}>"
        f"{_e(_cut(figure.y_title, 40))}</text>"
    )
    named = [(n, trace) for n, trace in enumerate(figure.traces) if trace.name][:6]
    for place, (number, trace) in enumerate(named if len(figure.traces) > 1 else []):
        x, y = _LEFT + place % 3 * 180, _HEIGHT - 24 + place // 3 * 16
        colour = COLOURS[number % len(COLOURS)]
        yield f"<g fill='{colour}' stroke='{colour}'>{_mark(number, x, y - 4)}</g>"
        yield f"<text x='{x + 12}' y='{y}'>{_e(_cut(trace.name, 22))}</text>"


def _seen(trace: Trace, across: _Axis, up: _Axis) -> list[tuple[float, float]]:
    """Returns the points that lie on the picture."""
    pairs = ((across.place(x), up.place(y)) for x, y in zip(trace.x, trace.y, strict=False))
    return [(x, y) for x, y in pairs if math.isfinite(x) and math.isfinite(y)]


def _bars(trace: Trace, place: int, count: int, colour: str, across: _Axis, up: _Axis) -> Iterator[str]:
    room = (across.end - across.start) / max(1, len(across.words) or len(trace.x))
    width = max(1.0, room * 0.8 / count)
    base = up.place(0.0)
    for x, y in _seen(trace, across, up):
        left = x - room * 0.4 + place * width
        size = f"width='{width:.1f}' height='{abs(base - y):.1f}'"
        look = f"fill='{colour}' stroke='{colour}' fill-opacity='{_FILLS[place % len(_FILLS)]}'"
        yield f"<rect x='{left:.1f}' y='{min(y, base):.1f}' {size} {look}/>"


def _scatter(trace: Trace, number: int, colour: str, across: _Axis, up: _Axis) -> Iterator[str]:
    seen = _seen(trace, across, up)
    if "lines" in trace.mode and len(seen) > 1:
        path = "L".join(f"{x:.1f} {y:.1f}" for x, y in seen)
        dash = f" stroke-dasharray='{_DASHES[number % 6]}'" if _DASHES[number % 6] else ""
        yield f"<path d='M{path}' fill='none' stroke='{colour}' stroke-width='2'{dash}/>"
    if "markers" in trace.mode or len(seen) == 1:
        marks = "".join(_mark(number, x, y) for x, y in seen)
        yield f"<g fill='{colour}' stroke='{colour}'>{marks}</g>"


_MARKS: tuple[Callable[[float, float], str], ...] = (
    lambda x, y: f"<circle cx='{x:.1f}' cy='{y:.1f}' r='4'/>",
    lambda x, y: f"<rect x='{x - 3.5:.1f}' y='{y - 3.5:.1f}' width='7' height='7'/>",
    lambda x, y: f"<path d='M{x:.1f} {y - 4.5:.1f}l4.5 8h-9z'/>",
    lambda x, y: f"<path d='M{x:.1f} {y - 5:.1f}l5 5l-5 5l-5 -5z'/>",
    lambda x, y: f"<path d='M{x - 4:.1f} {y - 4:.1f}l8 8m0 -8l-8 8' fill='none' stroke-width='2'/>",
    lambda x, y: f"<path d='M{x - 5:.1f} {y:.1f}h10m-5 -5v10' fill='none' stroke-width='2'/>",
)


def _mark(number: int, x: float, y: float) -> str:
    return _MARKS[number % len(_MARKS)](x, y)


def _box(trace: Trace, colour: str, across: _Axis, up: _Axis) -> Iterator[str]:
    """Draws the range, the quartiles and the median."""
    values = [v for v in trace.y or trace.x if isinstance(v, float) and math.isfinite(v)]
    middle = across.place(_slot(trace, ())[0])
    if not values or not math.isfinite(middle):
        return
    low, first, half, third, high = (up.place(float(v)) for v in np.quantile(values, [0, 0.25, 0.5, 0.75, 1]))
    yield (
        f"<path d='M{middle:.1f} {low:.1f}V{first:.1f}M{middle:.1f} {third:.1f}V{high:.1f}"
        f"M{middle - 25:.1f} {half:.1f}h50' stroke='{colour}' stroke-width='2'/>"
        f"<rect x='{middle - 25:.1f}' y='{third:.1f}' width='50' height='{first - third:.1f}' "
        f"fill='none' stroke='{colour}' stroke-width='2'/>"
    )


def _numbers(figure: Figure, language: str) -> str:
    """Returns the first numbers of every series as a table that can be unfolded."""
    rows = [(trace, x, y) for trace in figure.traces for x, y in zip(trace.x, trace.y, strict=False)]
    if not rows:
        return ""
    heads = (text("figure.name", language), figure.x_title or "x", figure.y_title or "y")
    head = "".join(f"<th scope='col'>{_e(name)}</th>" for name in heads)
    body = "".join(
        f"<tr><td>{_e(trace.name or trace.kind)}</td><td>{_e(_shown(x, trace.times))}</td>"
        f"<td>{_e(_shown(y, False))}</td></tr>"
        for trace, x, y in rows[:_MOST_ROWS]
    )
    label = text("figure.numbers", language, shown=min(len(rows), _MOST_ROWS), count=len(rows))
    return (
        f"<details><summary>{_e(label)}</summary><table><thead><tr>{head}</tr></thead>"
        f"<tbody>{body}</tbody></table></details>"
    )


def _shown(value: Item, times: bool) -> str:
    if isinstance(value, float) and times and math.isfinite(value):
        return pd.Timestamp(value, unit="s").isoformat(sep=" ", timespec="minutes")
    return f"{value:.6g}" if isinstance(value, float) else value
