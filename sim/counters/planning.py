"""Counts what the tasks on plans and prices need: the parameters of `district.yaml`."""

import yaml

from sim.counters.base import District, counter


def _parameters(district: District, part: str) -> int:
    return len(yaml.safe_load(district.files["district.yaml"])[part])


@counter
def desk_parameters(district: District) -> int:
    """Counts parameters of the registration desk."""
    return _parameters(district, "desk")


@counter
def exchange_parameters(district: District) -> int:
    """Counts parameters of the exchange between partners."""
    return _parameters(district, "exchange")
