"""Over 200 districts of each country: every task finds what it needs, nearly always at the first draw.

Run with `make test-full`; a run that was stopped goes on. It writes `docs/situations.md`. Two processes share
the districts, each with one thread; at about ten seconds a district those of both countries take half an
hour. Fewer: `HILAB_SITUATION_SEEDS=20 make test-full`.
"""

import json
import os
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context

import pytest
from tqdm import tqdm

from sim.countries import COUNTRIES
from sim.situations import Situation, count, situations
from sim.world import make_world
from tests.statistical.tried import DISTRICT, ROOT, fingerprint, write

pytestmark = pytest.mark.timeout(7200)  # the first test waits for all districts
PROCESSES = 2
SEEDS = [f"q{number}" for number in range(int(os.environ.get("HILAB_SITUATION_SEEDS", "200")))]
DRAWN_AGAIN = 0.05

_HEAD = """# What the tasks find

Counted in {seeds} districts of 2,000 people of each country by `make test-full`, which writes this page. Each
was drawn until nothing was missing; {again} of the {all} needed more than one draw. The counters are named in
`sim/situations.yaml`.

| task | situation | least | {countries} |
|---|---|---|{lines}|
"""


def counted(country: str, ident: str) -> dict[str, int]:
    """Returns the counts of a district in the order of the situations, and its number of draws."""
    path = ROOT / "build" / "statistical" / fingerprint(*DISTRICT) / f"situations-{country}-{ident}.json"
    if not path.is_file():
        world = make_world(ident, country=country, threads=1)
        found = {"draws": world.draws} | {name(situation): number for situation, number in count(world)}
        write(path, found)
    known: dict[str, int] = json.loads(path.read_text(encoding="utf-8"))
    return known


def name(situation: Situation) -> str:
    """Returns what tells a situation from all others."""
    return f"{situation.task} {situation.situation}"


def _count_all() -> None:
    """Counts every district that is not known yet; what is done stays done when one of them fails."""
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
        running = [pool.submit(counted, country, ident) for ident in SEEDS for country in COUNTRIES]
        for done in tqdm(as_completed(running), total=len(running), unit="district"):
            done.result()


@pytest.fixture(scope="module")
def found() -> dict[str, list[dict[str, int]]]:
    _count_all()
    measured = {country: [counted(country, ident) for ident in SEEDS] for country in COUNTRIES}
    (ROOT / "docs" / "situations.md").write_text(page(measured), encoding="utf-8", newline="\n")
    return measured


def page(found: dict[str, list[dict[str, int]]]) -> str:
    """Returns the page: for every situation the fewest, the middle and the most of all districts."""
    again = sum(one["draws"] > 1 for counts in found.values() for one in counts)
    countries = " | ".join(f"{country}: fewest, middle, most" for country in found)
    everything = len(SEEDS) * len(found)
    head = _HEAD.format(
        seeds=len(SEEDS),
        again=again,
        all=everything,
        countries=countries,
        lines="---|" * (len(found) - 1) + "---",
    )
    rows = []
    for situation in situations():
        least = f"at most {situation.most}" if situation.most is not None else f"{situation.least:,}"
        spans = []
        for counts in found.values():
            numbers = sorted(one[name(situation)] for one in counts)
            spans.append(f"{numbers[0]:,}, {numbers[len(numbers) // 2]:,}, {numbers[-1]:,}")
        rows.append(f"| {situation.task} | {situation.situation} | {least} | {' | '.join(spans)} |")
    return head + "\n".join(rows) + "\n"


@pytest.mark.parametrize("situation", situations(), ids=name)
def test_every_district_has_enough(situation: Situation, found: dict[str, list[dict[str, int]]]) -> None:
    for country, counts in found.items():
        short = [
            ident for ident, one in zip(SEEDS, counts, strict=True) if one[name(situation)] < situation.least
        ]
        assert not short, (country, short)


def test_hardly_any_district_is_drawn_again(found: dict[str, list[dict[str, int]]]) -> None:
    for country, counts in found.items():
        assert sum(one["draws"] > 1 for one in counts) <= DRAWN_AGAIN * len(counts), country
