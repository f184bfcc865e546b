"""Generated against published values as a picture in SVG, with its text."""

import math
from html import escape

import pandas as pd

from sim.validation.text import describe, number, verdict

SIZE = 420
"""Width and height of a picture, in its own units."""

EDGE = 46
"""Room for the axes."""

MARKS = {
    "ok": ("within tolerance", "#0072B2", '<circle cx="{x:.1f}" cy="{y:.1f}" r="4"'),
    "high": ("too high", "#D55E00", '<path d="M{x:.1f} {y:.1f} m0 -5 l5 9 h-10 z"'),
    "low": ("too low", "#CC79A7", '<path d="M{x:.1f} {y:.1f} m0 5 l5 -9 h-10 z"'),
}
"""Word, colour (Okabe and Ito) and shape of a row, by verdict."""


def scatter(name: str, rows: pd.DataFrame) -> str:
    """Draws generated against published values on logarithmic axes.

    Args:
        name: What the rows are about.
        rows: Rows of `Validation.table`; those without a generated value are left out.

    Returns:
        A figure with an SVG and a caption that says in words what it shows.
    """
    label = "".join(letter if letter.isalnum() else "-" for letter in name)
    drawn = rows[(rows["missing"] == "") & (rows["published_value"] > 0)]
    caption = _caption(rows, drawn)
    head = f"<figcaption><strong>{escape(name)}</strong>: {escape(caption)}</figcaption></figure>"
    if drawn.empty:
        return f"<figure>{head}"
    low, high = _limits(drawn)
    title = f"{name}: generated against published"
    return "\n".join(
        [
            f'<figure><svg viewBox="0 0 {SIZE} {SIZE}" role="img" aria-labelledby="t-{label} d-{label}">',
            f'<title id="t-{label}">{escape(title)}</title><desc id="d-{label}">{escape(caption)}</desc>',
            *_axes(low, high),
            *_points(drawn, low, high),
            f"</svg>{head}",
        ]
    )


def legend() -> str:
    """Returns the legend, once for all pictures."""
    parts = []
    for word, colour, shape in MARKS.values():
        mark = shape.format(x=8, y=8) + f' fill="{colour}"/>'
        parts.append(f'<li><svg viewBox="0 0 16 16" class="key" aria-hidden="true">{mark}</svg>{word}</li>')
    return f'<ul class="legend">{"".join(parts)}</ul>'


def _caption(rows: pd.DataFrame, drawn: pd.DataFrame) -> str:
    words = drawn.apply(verdict, axis=1) if len(drawn) else pd.Series(dtype=str)
    count = {word: int((words == word).sum()) for word in MARKS}
    text = (
        f"{len(rows)} targets: {count['ok']} within tolerance, {count['high']} too high, {count['low']} "
        f"too low, {len(rows) - len(drawn)} without a value and not drawn. The line is agreement, the band "
        "10 % to each side; both axes are logarithmic."
    )
    far = drawn[~drawn["within"]]
    if len(far):
        ratio = (far["generated"].clip(lower=1e-9) / far["published_value"]).map(math.log).abs()
        worst = far.iloc[int(ratio.to_numpy().argmax())]
        text += (
            f" Furthest off: {describe(worst)}, {number(worst['generated'])} against "
            f"{number(worst['published_value'])} {worst['unit']}."
        )
    return text


def _limits(drawn: pd.DataFrame) -> tuple[float, float]:
    """Returns the decades (as logarithms) that hold all published values and the generated ones near them."""
    values = pd.concat([drawn["published_value"], drawn["generated"]])
    values = values[values >= drawn["published_value"].min() / 10]
    low, high = math.log10(values.min()), math.log10(values.max())
    return math.floor(low * 2) / 2, max(math.ceil(high * 2) / 2, math.floor(low * 2) / 2 + 0.5)


def _place(value: float, low: float, high: float) -> float:
    """Returns how far along an axis a value lies; one below the axis lies on its edge."""
    share = (math.log10(value) - low) / (high - low) if value > 0 else 0.0
    return min(max(share, 0.0), 1.0) * (SIZE - 2 * EDGE)


def _axes(low: float, high: float) -> list[str]:
    inner, base = SIZE - 2 * EDGE, SIZE - EDGE
    out = [f'<rect x="{EDGE}" y="{EDGE}" width="{inner}" height="{inner}" class="frame"/>', _band(low, high)]
    for power in range(math.ceil(low), math.floor(high) + 1):
        step = _place(10.0**power, low, high)
        text = _power(power)
        out += [
            f'<line x1="{EDGE + step:.1f}" x2="{EDGE + step:.1f}" y1="{EDGE}" y2="{base}" class="grid"/>',
            f'<line y1="{base - step:.1f}" y2="{base - step:.1f}" x1="{EDGE}" x2="{base}" class="grid"/>',
            f'<text x="{EDGE + step:.1f}" y="{base + 16}" text-anchor="middle">{text}</text>',
            f'<text x="{EDGE - 6}" y="{base - step + 4:.1f}" text-anchor="end">{text}</text>',
        ]
    middle = SIZE // 2
    out += [
        f'<text x="{middle}" y="{SIZE - 8}" text-anchor="middle">published</text>',
        f'<text text-anchor="middle" transform="translate(12 {middle}) rotate(-90)">generated</text>',
    ]
    return out


def _power(power: int) -> str:
    """Writes a power of ten, in figures where it is short."""
    if -3 <= power <= 3:
        return number(10.0**power)
    return f'10<tspan dy="-4" class="small">{power}</tspan>'


def _band(low: float, high: float) -> str:
    """Draws agreement and 10 % to each side."""
    inner, base = SIZE - 2 * EDGE, SIZE - EDGE
    up, down = (math.log10(factor) / (high - low) * inner for factor in (1.1, 0.9))
    corners = (
        (EDGE, base - up),
        (base - up, EDGE),
        (base, EDGE),
        (base, EDGE - down),
        (EDGE - down, base),
        (EDGE, base),
    )
    polygon = " ".join(f"{x:.1f},{y:.1f}" for x, y in corners)
    line = f'<line x1="{EDGE}" y1="{base}" x2="{base}" y2="{EDGE}" class="line"/>'
    return f'<polygon points="{polygon}" class="band"/>{line}'


def _points(drawn: pd.DataFrame, low: float, high: float) -> list[str]:
    out = []
    for _, row in drawn.iterrows():
        _, colour, shape = MARKS[verdict(row)]
        x = EDGE + _place(row["published_value"], low, high)
        y = SIZE - EDGE - _place(row["generated"], low, high)
        pair = f"{number(row['generated'])} against {number(row['published_value'])}"
        text = f"{row['target_id']} {describe(row)}: {pair}"
        mark = shape.format(x=x, y=y)
        out.append(f'{mark} fill="{colour}" fill-opacity="0.7"><title>{escape(text)}</title>{_closing(mark)}')
    return out


def _closing(mark: str) -> str:
    return f"</{mark[1:].split(' ', 1)[0]}>"
