"""What patients of the large hospital have agreed to, refused and revoked."""

import numpy as np
import pandas as pd

from sim.systems.recorder import Recorder, Setting
from sim.systems.schema import Column, Table

CONSENTS = Table(
    "consents",
    "A patient's answer to one question: may these data go to this recipient for this purpose? Whoever was "
    "not asked has no row. A revoked consent held until the day on which it was revoked.",
    "consent_id",
    (
        Column("consent_id", "text", 'Number of the form, "CN" and five digits, in the order of signing'),
        Column("mrn", "text", "Record number of the patient"),
        Column(
            "purpose",
            "text",
            "What for: treatment, payment, quality_review, research, marketing or home_monitoring",
        ),
        Column(
            "recipient",
            "text",
            "To whom: second_hospital, insurer, university, drug_company or device_maker",
        ),
        Column("decided", "text", '"permit" or "deny"'),
        Column("given_on", "text", "Day on which the form was signed, YYYY-MM-DD"),
        Column("revoked_on", "text", "From this day the consent no longer holds, YYYY-MM-DD; blank if never"),
    ),
)

ASKED = {
    ("treatment", "second_hospital"): 0.30,
    ("payment", "insurer"): 0.30,
    ("quality_review", "university"): 0.15,
    ("research", "university"): 0.30,
    ("research", "drug_company"): 0.10,
    ("marketing", "drug_company"): 0.10,
    ("home_monitoring", "device_maker"): 0.12,
}
"""Share of patients who were asked for a purpose and a recipient (assumed)."""

REFUSED, REVOKED = 0.15, 0.20
"""Shares of answers that are no, and of consents that were revoked later (assumed)."""

YEARS = 3
"""Forms are kept so long."""


def collect(setting: Setting) -> dict[str, pd.DataFrame]:
    """Collects the answers of the living.

    Returns:
        A working table of `consents`, sorted by day, with `_person`.
    """
    rng, patients = setting.stream("consents"), setting.tables["his_patients"]
    living = patients[patients["deceased_on"].isna()]
    parts = []
    for (purpose, recipient), share in ASKED.items():
        asked = living.loc[rng.random(len(living)) < share, ["mrn", "_person"]]
        parts.append(asked.assign(purpose=purpose, recipient=recipient))
    answers = pd.concat(parts, ignore_index=True)
    draws = rng.random((4, len(answers)))
    signed = (draws[0] * YEARS * 365).astype(np.int64) + 1
    permits = draws[1] >= REFUSED
    held = np.maximum((draws[3] * signed).astype(np.int64), 1)
    revoked = permits & (draws[2] < REVOKED) & (held < signed)
    today = setting.today.to_datetime64().astype("datetime64[D]")
    given = today - signed
    table = answers.assign(
        decided=np.where(permits, "permit", "deny"),
        given_on=np.datetime_as_string(given),
        revoked_on=pd.Series(np.datetime_as_string(given + held), index=answers.index).where(revoked),
    )
    table = table.sort_values(["given_on", "mrn", "purpose", "recipient"], ignore_index=True)
    return {"consents": table.assign(consent_id=[f"CN{number:05d}" for number in range(1, len(table) + 1)])}


RECORDERS = (Recorder("governance", (CONSENTS,), collect, reads=("his_patients",)),)
