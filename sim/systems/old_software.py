"""How the old software of the second hospital writes names and telephone numbers."""

import pandas as pd

FLAT = str.maketrans({"Ø": "O", "Ł": "L", "Đ": "D", "Æ": "AE", "Œ": "OE", "Þ": "TH", "Ð": "D"})
"""Capitals that are no letter with an accent, and what stands for them where only A to Z are known."""


def write_old(table: pd.DataFrame, country: str) -> pd.DataFrame:
    """Writes registrations as that software does.

    In the US it knows the capitals A to Z, and digits; in China no characters but those of GBK.

    Args:
        table: Working table of `his_patients`.
        country: Code of the country.
    """
    return _without_rare_characters(table) if country == "cn" else _capitals(table)


def _without_rare_characters(table: pd.DataFrame) -> pd.DataFrame:
    names = ("given_name", "family_name", "_birth_surname")
    return table.assign(**{n: [in_gbk(text) for text in table[n].to_numpy(dtype=object)] for n in names})


def in_gbk(text: str) -> str:
    """Puts a question mark for every character that GBK lacks.

    Example:
        >>> in_gbk("李㛃")
        '李?'
    """
    return text.encode("gbk", "replace").decode("gbk")


def _capitals(table: pd.DataFrame) -> pd.DataFrame:
    surnames = {name: _in_capitals(table[name]) for name in ("family_name", "_birth_surname")}
    return table.assign(**surnames, phone=table["phone"].str.replace("-", ""))


def _in_capitals(names: "pd.Series[str]") -> "pd.Series[str]":
    plain = names.str.normalize("NFD").str.replace(r"[\u0300-\u036f]", "", regex=True)
    return plain.str.normalize("NFC").str.replace("’", "'").str.upper().str.translate(FLAT)
