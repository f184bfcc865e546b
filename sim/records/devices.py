"""Allergies, devices, supplies and imaging studies: tables whose rows the module file spells out."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sim.engine.kinds import Kind
from sim.population.numbers import Ints, drawn_bytes
from sim.records.columns import dates, digits, join, letters, references, times, uuids, words
from sim.records.encounters import Visits
from sim.records.story import Rows, Story

if TYPE_CHECKING:
    from sim.engine import State

Columns = dict[str, Any]
Texts = list[str | None]

_NOTHING: Mapping[str, Any] = {}


def allergies(story: Story, visits: Visits) -> Columns:
    """Returns the columns of the allergies table."""
    rows, lexicon = story.rows(Kind.ALLERGY), story.lexicon
    return {
        "START": dates(rows.day),
        "STOP": dates(rows.stop),
        "PATIENT": story.patient(rows),
        "ENCOUNTER": references(visits.ids, rows.visit),
        "SYSTEM": lexicon.words("system", rows.state),
        **lexicon.concept(rows.state),
        "TYPE": lexicon.words("allergy_type", rows.state, lambda state: state.details.get("allergy_type")),
        "CATEGORY": lexicon.words(
            "allergy_category", rows.state, lambda state: state.details.get("category") or state.category
        ),
        **_reactions(story, rows),
    }


def _reactions(story: Story, rows: Rows) -> Columns:
    """Draws how people react: the first two of the state's reactions that occur at all."""
    rng = story.seeds.stream("records/allergies")
    chosen = np.full((2, len(rows)), -1, dtype=np.int64)
    said: list[tuple[Any, str]] = []
    for state in np.unique(rows.state):
        here = np.flatnonzero(rows.state == state)
        for reaction in story.lexicon.states[state].details.get("reactions") or ():
            levels = reaction.get("possible_severities") or ()
            edges = np.cumsum([float(level.get("value", 0)) for level in levels])
            place = np.searchsorted(edges, rng.random(len(here)) * (edges[-1] if len(edges) else 1.0))
            for number, level in enumerate(levels):
                if str(level.get("level")).lower() in ("mild", "moderate", "severe"):
                    _note(chosen, here[place == number], len(said))
                    said.append((reaction.get("reaction") or _NOTHING, level["level"].upper()))
    columns = {}
    for which in (1, 2):
        index = chosen[which - 1]
        columns[f"REACTION{which}"] = words([code.get("code") for code, _ in said], index)
        columns[f"DESCRIPTION{which}"] = words([code.get("display") for code, _ in said], index)
        columns[f"SEVERITY{which}"] = words([level for _, level in said], index)
    return columns


def _note(chosen: npt.NDArray[np.int64], who: Ints, number: int) -> None:
    """Writes a reaction into the first free of the two places of each row."""
    first = chosen[0, who] < 0
    second = ~first & (chosen[1, who] < 0)
    chosen[0, who[first]] = number
    chosen[1, who[second]] = number


def devices(story: Story, visits: Visits) -> Columns:
    """Returns the columns of the devices table."""
    rows = story.rows(Kind.DEVICE)
    return {
        **story.begun(rows, story.ended(rows)),
        "ENCOUNTER": references(visits.ids, rows.visit),
        **story.lexicon.concept(rows.state),
        "UDI": _udi(rows, story),
    }


def _udi(rows: Rows, story: Story) -> pa.Array:
    """Writes device identifiers in GS1's form: item, made on, use until, lot, serial number."""
    rng = story.seeds.stream("records/devices")
    number = rng.integers(0, 10**17, (len(rows), 3))
    made = (np.floor(rows.day) - 25_567 - 21).astype("datetime64[D]")
    until = made + 25 * 365
    parts: list[str | npt.NDArray[np.uint8]] = ["(01)", digits(number[:, 0], 14)]
    parts += ["(11)", _six_digits(made), "(17)", _six_digits(until)]
    parts += ["(10)", digits(number[:, 1], 16), "(21)", digits(number[:, 2], 17)]
    return letters(join(parts, len(rows)))


def _six_digits(date: npt.NDArray[np.datetime64]) -> npt.NDArray[np.uint8]:
    year, month = (date.astype(f"datetime64[{unit}]") for unit in "YM")
    day = (date - month.astype("datetime64[D]")).astype(np.int64) + 1
    within = (month - year.astype("datetime64[M]")).astype(np.int64) + 1
    return digits(((year.astype(np.int64) + 1970) % 100 * 100 + within) * 100 + day, 6)


class _Items:
    """What states list in their details, one row for each item of each event.

    Args:
        story: The events.
        rows: Events of one kind.
        of: The items of a state.
    """

    def __init__(self, story: Story, rows: Rows, of: "Callable[[State], list[Any]]") -> None:
        """Spreads out the items."""
        self.items: list[Any] = []
        counts, starts = np.zeros((2, len(story.lexicon.states)), dtype=np.int64)
        for state in np.unique(rows.state):
            starts[state] = len(self.items)
            self.items += of(story.lexicon.states[state])
            counts[state] = len(self.items) - starts[state]
        count = counts[rows.state]
        self.event = np.repeat(np.arange(len(rows)), count)
        self.place = np.arange(len(self.event)) - np.repeat(np.cumsum(count) - count, count)
        self.item = np.repeat(starts[rows.state], count) + self.place

    def words(self, of: Callable[[Any], str | None]) -> pa.Array:
        """Returns a text for each row."""
        return words([of(item) for item in self.items], self.item)


def supplies(story: Story, visits: Visits) -> Columns:
    """Returns the columns of the supplies table: one row for each thing supplied."""
    events = story.rows(Kind.SUPPLY)
    things = _Items(story, events, lambda state: list(state.details.get("supplies") or ()))
    rows = events.take(things.event)
    quantity = np.array([int(float(thing.get("quantity") or 1)) for thing in things.items] or [0])
    return {
        "DATE": dates(rows.day),
        "PATIENT": story.patient(rows),
        "ENCOUNTER": references(visits.ids, rows.visit),
        "CODE": things.words(lambda thing: (thing.get("code") or _NOTHING).get("code")),
        "DESCRIPTION": things.words(lambda thing: (thing.get("code") or _NOTHING).get("display")),
        "QUANTITY": quantity[things.item] if len(things.item) else np.empty(0, dtype=np.int64),
    }


def imaging_studies(story: Story, visits: Visits) -> Columns:
    """Returns the columns of the imaging_studies table: one row for each image of each series."""
    events = story.rows(Kind.IMAGING)
    images = _Items(story, events, _images)
    rows = events.take(images.event)
    rng = story.seeds.stream("records/imaging")
    study = uuids(drawn_bytes(len(events), rng))
    root = rng.integers(10**16, 10**17, max(len(events), 1))[images.event]
    series = np.array([number for number, _, _, _ in images.items] or [0])[images.item]
    series_uid = join(["2.25.", digits(root, 17), digits(series + 1, 2)], len(rows))
    columns = {
        "Id": study.take(pa.array(images.event)),
        "DATE": times(rows.day),
        "PATIENT": story.patient(rows),
        "ENCOUNTER": references(visits.ids, rows.visit),
        "SERIES_UID": letters(series_uid),
        "INSTANCE_UID": letters(np.concatenate([series_uid, digits(images.place + 1, 3)], axis=1)),
        "PROCEDURE_CODE": images.words(lambda image: image[3]),
    }
    for name, place, key in (
        ("BODYSITE", 1, "body_site"),
        ("MODALITY", 1, "modality"),
        ("SOP", 2, "sop_class"),
    ):
        for end, word in (("CODE", "code"), ("DESCRIPTION", "display")):
            columns[f"{name}_{end}"] = images.words(_reader(place, key, word))
    return columns


def _reader(place: int, key: str, word: str) -> Callable[[Any], str | None]:
    return lambda image: (image[place].get(key) or _NOTHING).get(word)


def _images(state: "State") -> list[Any]:
    """Lists the images of a study: number of the series, series, image, code of the procedure."""
    done = (state.details.get("procedure_code") or _NOTHING).get("code") or state.code
    return [
        (number, series, image, done)
        for number, series in enumerate(state.details.get("series") or ())
        for image in series.get("instances") or [_NOTHING]
    ]
