"""Survival of two populations as a picture in SVG, with its text."""

from html import escape

from sim.validation.portrait import Portrait
from sim.validation.text import number

WIDTH, HEIGHT, EDGE = 520, 300, 44
"""Size of the picture and room for the axes, in its own units."""

OLDEST = 85
"""The last age drawn: the open band begins there."""

LINES = (("A", "#0072B2", ""), ("B", "#D55E00", ' stroke-dasharray="7 4"'))
"""Name, colour (Okabe and Ito) and dashes of each line."""


def survivors(portrait: Portrait) -> list[tuple[float, float]]:
    """Returns how many of a hundred newborns live to each age, were they to die as people did.

    A band in which nobody lived counts as one in which nobody died.
    """
    alive, points = 100.0, []
    for age, q in zip(portrait.deaths["from"], portrait.deaths["q"].fillna(0.0), strict=True):
        points.append((float(age), alive))
        alive *= 1 - float(q)
    return points


def curves(portraits: list[Portrait]) -> str:
    """Draws both lines.

    Returns:
        A figure with an SVG and a caption that says in words what it shows.
    """
    one, other = (number(survivors(portrait)[-1][1]) for portrait in portraits)
    caption = (
        f"Of 100 newborns, {one} live to {OLDEST} in A and {other} in B, were they to die as people did in "
        "the last ten years."
    )
    label = 'role="img" aria-labelledby="t-survival d-survival"'
    return "\n".join(
        [
            f'<figure><svg viewBox="0 0 {WIDTH} {HEIGHT}" {label}>',
            '<title id="t-survival">Survivors by age</title>',
            f'<desc id="d-survival">{escape(caption)}</desc>',
            *_axes(),
            *(_line(portrait, *how) for portrait, how in zip(portraits, LINES, strict=True)),
            f"</svg><figcaption>{escape(caption)}</figcaption></figure>",
        ]
    )


def _x(age: float) -> float:
    return EDGE + age / OLDEST * (WIDTH - 2 * EDGE)


def _y(alive: float) -> float:
    return HEIGHT - EDGE - alive / 100 * (HEIGHT - 2 * EDGE)


def _axes() -> list[str]:
    out = []
    for alive in range(0, 101, 25):
        y = _y(alive)
        out += [
            f'<line x1="{EDGE}" x2="{WIDTH - EDGE}" y1="{y:.1f}" y2="{y:.1f}" class="grid"/>',
            f'<text x="{EDGE - 6}" y="{y + 4:.1f}" text-anchor="end">{alive}</text>',
        ]
    out += [
        f'<text x="{_x(age):.1f}" y="{HEIGHT - EDGE + 16}" text-anchor="middle">{age}</text>'
        for age in range(0, OLDEST, 10)
    ]
    return [*out, f'<text x="{WIDTH // 2}" y="{HEIGHT - 8}" text-anchor="middle">age in years</text>']


def _line(portrait: Portrait, name: str, colour: str, dashes: str) -> str:
    points = survivors(portrait)
    corners = " ".join(f"{_x(age):.1f},{_y(alive):.1f}" for age, alive in points)
    label = f'<text x="{_x(OLDEST) + 6:.1f}" y="{_y(points[-1][1]) + 4:.1f}">{name}</text>'
    return f'<polyline points="{corners}" fill="none" stroke="{colour}" stroke-width="2"{dashes}/>{label}'
