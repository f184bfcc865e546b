"""Events are deterministic, ordered, and linked."""

import numpy as np
import pytest
from histories import END, born, same

from sim.engine import FLAGS, VITALS, Events, Kind, Program, simulate
from sim.engine import run as engine_run
from sim.errors import HilabError


def test_threads_and_chunks_do_not_matter(
    program: Program, events: Events, monkeypatch: pytest.MonkeyPatch
) -> None:
    same(events, simulate(program, *born(200), END, seed=5, threads=2))
    monkeypatch.setattr(engine_run, "CHUNK", 7)
    same(events, simulate(program, *born(200), END, seed=5, threads=2))


def test_a_person_does_not_depend_on_the_others(program: Program, events: Events) -> None:
    few = simulate(program, *(column[:10] for column in born(200)), END, seed=5)
    first = events.slot < 10
    np.testing.assert_array_equal(few.day, events.day[first])
    np.testing.assert_array_equal(few.link, events.link[first])


def test_another_seed_tells_another_story(program: Program, events: Events) -> None:
    other = simulate(program, *born(200), END, seed=6)
    assert len(other) != len(events)
    folded = simulate(program, *born(20), END, seed=5 + 2**63)
    assert not np.array_equal(folded.day, simulate(program, *born(20), END, seed=5).day)


def test_every_slot_has_one_living_person_and_his_dead_came_before(events: Events) -> None:
    lives = events.lives
    living = np.isnan(lives.death_day)
    np.testing.assert_array_equal(lives.slot[living], np.arange(200))
    for slot in range(200):
        tries = lives.attempt[lives.slot == slot]
        np.testing.assert_array_equal(tries, np.arange(len(tries)))
        assert living[lives.slot == slot][-1]
    assert (~living).sum() == (events.kind == Kind.DEATH).sum() > 10


def test_order_and_limits(events: Events) -> None:
    life = events.slot.astype(np.int64) * 1000 + events.attempt
    assert (np.diff(life) >= 0).all()
    death = np.full(life.max() + 1, np.inf)
    dead = events.kind == Kind.DEATH
    death[life[dead]] = events.day[dead]
    assert (events.day <= death[life]).all()
    assert (events.day >= born(200)[0][events.slot]).all()
    assert events.day.max() < END + 0.1


def test_ends_link_to_what_they_end(program: Program, events: Events) -> None:
    for begin, end in ((0, 1), (2, 3), (4, 5), (9, 10)):
        ends = np.flatnonzero(events.kind == end)
        begun = events.link[ends]
        assert (events.kind[begun] == begin).all()
        assert (events.slot[begun] == events.slot[ends]).all()
        assert (events.attempt[begun] == events.attempt[ends]).all()
        assert (events.day[begun] <= events.day[ends]).all()
        assert len(np.unique(begun)) == len(begun)
    orders = np.flatnonzero((events.kind == Kind.MEDICATION) & (events.link >= 0))
    assert all(program.states[i].kind == Kind.CONDITION for i in events.link[orders])


def test_encounters_of_a_life_do_not_overlap(events: Events) -> None:
    ends = np.flatnonzero(events.kind == Kind.ENCOUNTER_END)
    begins = events.link[ends]
    order = np.lexsort((events.day[begins], events.attempt[ends], events.slot[ends]))
    begins, ends = begins[order], ends[order]
    one_life = (np.diff(events.slot[ends]) == 0) & (np.diff(events.attempt[ends]) == 0)
    assert (events.day[begins][1:] >= events.day[ends][:-1])[one_life].all()
    assert one_life.sum() > 10_000


def test_columns_have_their_types(program: Program, events: Events) -> None:
    assert events.slot.dtype == np.int32 and events.attempt.dtype == np.int16
    assert events.kind.dtype == np.int8 and events.day.dtype == np.float64
    assert events.lives.vitals.shape == (len(events.lives.slot), len(VITALS))
    assert set(events.flags) == set(FLAGS)
    observed = events.kind == Kind.OBSERVATION
    concept = np.array([state.value_code is not None for state in program.states])[events.state[observed]]
    np.testing.assert_array_equal(np.isfinite(events.value[observed]), ~concept)


def test_wrong_people_are_refused_in_one_sentence(program: Program) -> None:
    birth, sex, race, ses = born(3)
    for people, expected in (
        ((birth, sex[:2], race, ses), "of one length"),
        ((birth + END, sex, race, ses), "not after end_day"),
        ((birth * np.nan, sex, race, ses), "not after end_day"),
        ((birth, sex + 5, race, ses), "every sex"),
        ((birth, sex, race + 9, ses), "every race"),
    ):
        with pytest.raises(HilabError, match=expected):
            simulate(program, *people, END, seed=1)


def test_nobody_has_no_events(program: Program) -> None:
    nobody = simulate(program, *(column[:0] for column in born(1)), END, seed=1)
    assert len(nobody) == 0 and len(nobody.lives.slot) == 0
