"""Keyed tokens: what stands for a person when several hospitals count together.

A token is the HMAC-SHA256 (RFC 2104; FIPS 198-1) of normalised name, sex and date of birth. Equal people
get equal tokens, so a counter that sees tokens alone can tell how many people several lists hold together.
The key stays with the linkage unit: without it nobody can go through all names and dates and compare, as
one can with a plain hash. With the key everybody can; so who counts must never hold it.

What tokens do not give: one typing error and the token is another one (see `sim.exchange.linkage.bloom`),
and how often a token comes up is still to be seen.
"""

import hashlib
import hmac
import json
import unicodedata
from collections.abc import Iterable, Sequence

from sim.errors import HilabError

SHORTEST_KEY = 16
"""Bytes that a key must have: 128 bits are beyond trying out."""


def normalise(name: str) -> str:
    """Returns a name without what is written now one way and now another: case, accents, blanks, hyphens.

    Letters of any script stay, so that different names stay different.

    Example:
        >>> normalise("Núñez-O’Brien"), normalise(" NUNEZ OBRIEN "), normalise("李 娜")
        ('nunezobrien', 'nunezobrien', '李娜')
    """
    # Twice, since taking letters apart can bring capitals to light and the other way round.
    for _ in range(2):
        name = unicodedata.normalize("NFKD", name).casefold()
    parts = unicodedata.normalize("NFKD", name)
    plain = "".join(letter for letter in parts if letter.isalnum() and not unicodedata.combining(letter))
    return unicodedata.normalize("NFC", plain)


def token(key: bytes, given: str | None, family: str | None, born: str | None, sex: str | None) -> str | None:
    """Returns the token of a person: 32 hexadecimal digits.

    Args:
        key: The linkage unit's secret, 16 bytes or more.
        given: Given name.
        family: Family name.
        born: Date of birth, YYYY-MM-DD.
        sex: "F" or "M".

    Returns:
        The token, or None where a part is blank: else all people with that blank would be one person.

    Raises:
        HilabError: The key is short.

    Example:
        >>> key = bytes(range(16))
        >>> token(key, "Zoë", "Núñez", "1990-05-01", "F") == token(key, "ZOE", "Nunez", "1990-05-01", "f")
        True
        >>> token(key, "Zoë", "Núñez", None, "F") is None
        True
    """
    check_key(key)
    names = [normalise(part) if isinstance(part, str) else "" for part in (given, family, sex)]
    parts = [*names, born if isinstance(born, str) else ""]
    if not all(parts):
        return None
    message = json.dumps(parts, ensure_ascii=False).encode("utf-8")
    return hmac.new(key, message, hashlib.sha256).hexdigest()[:32]


def tokens(key: bytes, people: Iterable[Sequence[str | None]]) -> list[str | None]:
    """Returns the token of each of several people, given as given name, family name, date of birth and sex.

    Args:
        key: The linkage unit's secret, 16 bytes or more.
        people: Rows of a table with these four columns, for example by `itertuples(index=False)`.

    Raises:
        HilabError: The key is short.

    Example:
        >>> two = tokens(bytes(16), [("Li", "Wang", "1990-05-01", "F"), ("Lin", "Wang", "1990-05-01", "F")])
        >>> two[0] == two[1]
        False
    """
    return [token(key, *person) for person in people]


def check_key(key: bytes) -> None:
    """Refuses a key that somebody could find by trying.

    Raises:
        HilabError: It is shorter than `SHORTEST_KEY`.
    """
    if len(key) < SHORTEST_KEY:
        raise HilabError(f"A key must have {SHORTEST_KEY} bytes or more; this one has {len(key)}.")
