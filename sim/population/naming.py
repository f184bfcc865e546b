"""How people are named in each country."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sim.population import names, names_cn
from sim.population.names import Texts


@dataclass(frozen=True)
class Naming:
    """The customs of a country.

    Attributes:
        surnames: Draws so many surnames; the last argument is the share of unusual ones.
        given: Draws a given name for each sex; the last argument is the share of unusual ones.
        unusual_surnames, unusual_given: Shares of names that simple software cannot write.
        middle: Whether people have a second given name.
        wives_change: Share of wives who take the husband's surname.
        new_surnames: Shares of the young and of the grown, below, who changed their surname otherwise.
        fathers_and_sons: Whether a son may bear his father's name.
        whole: Writes given name and surname as one text.
    """

    surnames: Callable[[int, np.random.Generator, float], Texts]
    given: Callable[[Texts, np.random.Generator, float], Texts]
    unusual_surnames: float
    unusual_given: float
    middle: bool
    wives_change: float
    new_surnames: tuple[float, float]
    fathers_and_sons: bool
    whole: Callable[[Texts, Texts], Texts]


def _surnames_us(count: int, rng: np.random.Generator, unusual: float) -> Texts:
    return names.draw_names("surname", count, rng, unusual)


NAMING = {
    "us": Naming(
        surnames=_surnames_us,
        given=names.given_names,
        unusual_surnames=names.ACCENTED_SURNAMES,
        unusual_given=names.ACCENTED_GIVEN,
        middle=True,
        wives_change=0.75,
        new_surnames=(0.0, 0.0),
        fathers_and_sons=True,
        whole=lambda given, surname: given + " " + surname,
    ),
    "cn": Naming(
        surnames=names_cn.draw_surnames,
        given=names_cn.draw_given,
        unusual_surnames=0.01,
        unusual_given=0.08,
        middle=False,
        wives_change=0.0,
        new_surnames=(0.20, 0.05),
        fathers_and_sons=False,
        whole=lambda given, surname: surname + given,
    ),
}
"""By country. All shares are assumed.

In China women keep their surname. There children take that of the other parent or of a stepfather after a
divorce, and grown people a grandparent's, far oftener than in life: so that as many people have been known
by two surnames as a class needs to find.
"""
