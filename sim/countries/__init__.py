"""What differs from country to country: where a district lies, who pays, how people are numbered.

Each country is one module with one `Country`. What only one room needs, such as the words of a form, stays in
that room. Every place, institution and number is invented; whether an invented place name is also a real one
somewhere cannot be checked without a gazetteer, and has not been.
"""

from sim.countries import cn, us
from sim.countries.country import Country
from sim.errors import HilabError

__all__ = ["COUNTRIES", "Country", "country"]

COUNTRIES = ("us", "cn")
"""Codes of the countries whose districts can be made; the first is the default."""

_KNOWN = {"us": us.COUNTRY, "cn": cn.COUNTRY}


def country(code: str) -> Country:
    """Returns a country.

    Args:
        code: One of `COUNTRIES`.

    Raises:
        HilabError: There is no such country.

    Example:
        >>> country("cn").facilities["H1"]
        '晴月湾区人民医院'
    """
    if code not in _KNOWN:
        raise HilabError(f"There is no country '{code}'. The countries are: {', '.join(COUNTRIES)}.")
    return _KNOWN[code]
