"""What procedures, vaccines and allergens are called on bills and forms, by country."""

from collections.abc import Mapping
from functools import cache

from sim.systems.wording import LANGUAGE, read_codes

OTHER = {"us": "Other service", "cn": "其他诊疗项目"}
"""What a service without a name of its own is called."""


@cache
def service_names(kind: str, country: str) -> Mapping[str, str]:
    """Returns names by code.

    Args:
        kind: "procedure" (SNOMED CT), "vaccine" (CVX) or "allergen" (SNOMED CT, drugs RxNorm).
        country: Code of the country.

    Example:
        >>> service_names("vaccine", "us")["03"], service_names("procedure", "cn")["29303009"]
        ('Measles, mumps, rubella', '心电图检查')
    """
    own = read_codes("service_wording.csv")
    own = own[own["kind"] == kind]
    names = dict(zip(own["code"], own[LANGUAGE[country]], strict=True))
    if kind != "procedure":
        return names
    column = {"en": "display", "zh": "display_zh"}[LANGUAGE[country]]
    listed = read_codes("codes_procedures.csv")
    listed = listed[listed[column] != ""]
    texts = listed[column].str.replace(r" \([^()]*\)$", "", regex=True)
    return dict(zip(listed["code"], texts, strict=True)) | names
