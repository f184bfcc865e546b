"""How clinicians of a country call conditions and drugs: in full, in other words, in short."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property

import pandas as pd

from sim.paths import datasets

LANGUAGE = {"us": "en", "cn": "zh"}
"""Language of the records by country."""


@dataclass(frozen=True)
class Wording:
    """What one condition or drug is called.

    Attributes:
        plain: The usual name.
        other: Another name for the same, as some clinicians write it.
        short: An abbreviation; empty where there is none.
    """

    plain: str
    other: str
    short: str = ""

    @cached_property
    def all(self) -> tuple[str, ...]:
        """Every way of writing it, the usual one first."""
        return tuple(dict.fromkeys(word for word in (self.plain, self.other, self.short) if word))


def read_codes(name: str) -> pd.DataFrame:
    """Reads a file of datasets/codes; every cell is a text, blanks are empty."""
    return pd.read_csv(
        datasets("codes", name), dtype="str", encoding="utf-8", keep_default_na=False, na_values=[]
    )


@cache
def abbreviations(country: str, kind: str) -> Mapping[str, str]:
    """Returns the abbreviations of one kind by code.

    Args:
        country: Code of the country.
        kind: "condition", "drug" or "measurement", as in note_abbreviations.csv.

    Example:
        >>> abbreviations("us", "condition")["59621000"]
        'HTN'
    """
    table = read_codes("note_abbreviations.csv")
    kept = table[(table["country"] == country) & (table["kind"] == kind)]
    return dict(zip(kept["code"], kept["abbreviation"], strict=True))


@cache
def conditions(country: str) -> Mapping[str, Wording]:
    """Returns the wording of conditions by SNOMED CT code.

    Names come from condition_wording.csv and, where it has none, from codes_conditions.csv.

    Example:
        >>> conditions("cn")["44054006"].all
        ('2型糖尿病', '糖尿病', '2型DM')
    """
    short = abbreviations(country, "condition")
    column = {"en": "condition", "zh": "display_zh"}[LANGUAGE[country]]
    codes = read_codes("codes_conditions.csv")
    names = codes[(codes["snomed_code"] != "") & (codes[column] != "")].drop_duplicates("snomed_code")
    known = {code: (name, name) for code, name in zip(names["snomed_code"], names[column], strict=True)}
    if LANGUAGE[country] == "en":
        known = {code: (_lower(name), _lower(name)) for code, (name, _) in known.items()}
    own = read_codes("condition_wording.csv")
    language = LANGUAGE[country]
    known |= {
        code: (plain, other)
        for code, plain, other in zip(own["snomed"], own[language], own[f"{language}_other"], strict=True)
    }
    return {code: Wording(*names, short.get(code, "")) for code, names in known.items()}


@cache
def lasting() -> frozenset[str]:
    """Returns the SNOMED CT codes of conditions that stay with a patient, as condition_wording.csv has them.

    Example:
        >>> "44054006" in lasting(), "54150009" in lasting()
        (True, False)
    """
    table = read_codes("condition_wording.csv")
    return frozenset(table.loc[table["lasting"] == "yes", "snomed"])


@cache
def icd_codes(country: str) -> Mapping[str, str]:
    """Returns the country's diagnosis code of each condition by SNOMED CT code.

    Chinese codes are of the national shape: six characters, "x" where the category has no subdivision.

    Example:
        >>> icd_codes("us")["59621000"], icd_codes("cn")["59621000"], icd_codes("cn")["44054006"]
        ('I10', 'I10.x00', 'E11.900')
    """
    table = read_codes("codes_conditions.csv")
    table = table[(table["snomed_code"] != "") & (table["icd10cm_code"] != "")].drop_duplicates("snomed_code")
    codes = table["icd10cm_code"]
    if country == "cn":
        codes = table["icd10_who_code"].where(table["icd10_who_code"] != "", codes.str[:5])
        codes = (codes + ".x").where(codes.str.len() == 3, codes).str.ljust(7, "0")
        codes = codes.where(codes.str[4] == "x", codes.str[:5] + "00")
    return dict(zip(table["snomed_code"], codes, strict=True))


def _lower(name: str) -> str:
    """Returns a name as it stands inside a sentence.

    Example:
        >>> _lower("Acute Cholecystitis"), _lower("HIV disease"), _lower("Laceration - injury")
        ('acute cholecystitis', 'HIV disease', 'laceration')
    """
    words = name.removesuffix(" - injury").removesuffix(" symptom").split(" ")
    return " ".join(word if word[1:2].isupper() or "'" in word else word.lower() for word in words)


@cache
def drugs() -> pd.DataFrame:
    """Reads drug_wording.csv: index = RxNorm code; columns en, zh, strength, form, atc (may be empty).

    Example:
        >>> drugs().loc["310431", ["en", "atc"]].tolist()
        ['gabapentin', 'N02BF01']
    """
    wording, codes = read_codes("drug_wording.csv").set_index("rxnorm"), read_codes("codes_drugs.csv")
    codes = codes[codes["atc_code"] != ""]
    of_product = dict(zip(codes["rxnorm_product_example"], codes["atc_code"], strict=True))
    of_name = dict(zip(codes["drug"], codes["atc_code"], strict=True))
    found = [
        of_product.get(str(code)) or of_name.get(name, "") for code, name in wording["en"].to_dict().items()
    ]
    return wording.assign(atc=found)


@cache
def drug_names(country: str) -> Mapping[str, Wording]:
    """Returns the wording of drugs by RxNorm code.

    Example:
        >>> drug_names("us")["310798"].all, drug_names("cn")["860975"].plain
        (('hydrochlorothiazide', 'HCTZ'), '二甲双胍')
    """
    short, products = abbreviations(country, "drug"), drugs()
    names = zip(products.index.to_numpy(dtype=str).tolist(), products[LANGUAGE[country]], strict=True)
    return {code: Wording(name, name, short.get(code, "")) for code, name in names}
