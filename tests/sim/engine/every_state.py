"""A module without medical sense that uses every state type and nearly every question."""

from typing import Any


def _code(code: str, system: str = "SNOMED-CT") -> dict[str, str]:
    return {"system": system, "code": code, "display": f"concept {code}"}


def _to(target: str) -> dict[str, str]:
    return {"direct_transition": target}


def _shares(*pairs: tuple[str, Any]) -> dict[str, Any]:
    return {"distributed_transition": [{"transition": t, "distribution": d} for t, d in pairs]}


def _if(target: str, other: str, *conditions: dict[str, Any], word: str = "And") -> dict[str, Any]:
    asked = {"condition_type": word, "conditions": list(conditions)}
    if word == "At Least":
        asked["minimum"] = 1
    if word == "At Most":
        asked["maximum"] = 1
    return {
        "complex_transition": [
            {"condition": asked, "distributions": [{"transition": target, "distribution": 1.0}]},
            {"transition": other},
        ]
    }


def _drawn(kind: str, **parameters: float) -> dict[str, Any]:
    return {"distribution": {"kind": kind, "parameters": parameters}}


ILL = {"condition_type": "Active Condition", "codes": [_code("1"), _code("2")]}

STATES: dict[str, Any] = {
    "Initial": {"type": "Initial", **_to("Weight of Chance")},
    "Weight of Chance": {
        "type": "SetAttribute",
        "attribute": "p",
        **_drawn("TRIANGULAR", min=0.1, mode=0.3, max=0.6),
        **_to("Wait"),
    },
    "Wait": {"type": "Delay", **_drawn("EXPONENTIAL", mean=9), "unit": "months", **_to("Fork")},
    "Fork": {
        "type": "Simple",
        **_shares(("Fever", {"attribute": "p", "default": 0.5}), ("Visit", 0.2), ("Count", 0.3)),
    },
    "Count": {"type": "Counter", "attribute": "n", "action": "increment", "amount": 2, **_to("Less")},
    "Less": {
        "type": "Counter",
        "attribute": "n",
        "action": "decrement",
        **_if(
            "Mark",
            "Copy",
            {"condition_type": "Attribute", "attribute": "n", "operator": ">=", "value": 4},
            {"condition_type": "Race", "race": "White"},
            {"condition_type": "Socioeconomic Status", "category": "High"},
            word="At Least",
        ),
    },
    "Mark": {"type": "SetAttribute", "attribute": "word", "value": "marked", **_to("Copy")},
    "Copy": {"type": "SetAttribute", "attribute": "copy", "value_attribute": "word", **_to("Pulse")},
    "Pulse": {
        "type": "VitalSign",
        "vital_sign": "heart_rate",
        "unit": "/min",
        **_drawn("GAUSSIAN", mean=80, standardDeviation=20, min=50, max=120),
        **_to("Guarded"),
    },
    "Guarded": {
        "type": "Guard",
        "allow": {
            "condition_type": "Or",
            "conditions": [
                {"condition_type": "Date", "operator": ">=", "month": 3},
                {"condition_type": "Age", "operator": ">", "quantity": 30, "unit": "years"},
                {"condition_type": "Not", "condition": {"condition_type": "False"}},
            ],
        },
        **_to("Call"),
    },
    "Call": {"type": "CallSubmodule", "submodule": "sub/inner", **_to("Wait")},
    "Fever": {
        "type": "Symptom",
        "symptom": "Fever",
        "probability": 0.7,
        "range": {"low": 1, "high": 90},
        **_to("Onset"),
    },
    "Onset": {
        "type": "ConditionOnset",
        "codes": [_code("1")],
        "target_encounter": "Visit",
        "assign_to_attribute": "illness",
        **_if(
            "Allergy",
            "Other Onset",
            {"condition_type": "Symptom", "symptom": "Fever", "operator": ">", "value": 30},
            {"condition_type": "Date", "operator": "<", "year": 2015},
        ),
    },
    "Other Onset": {"type": "ConditionOnset", "codes": [_code("2")], **_to("Wellness")},
    "Allergy": {
        "type": "AllergyOnset",
        "codes": [_code("3")],
        "allergy_type": "allergy",
        "category": "food",
        **_to("Visit"),
    },
    "Wellness": {"type": "Encounter", "wellness": True, **_to("Seen at Check-up")},
    "Seen at Check-up": {"type": "ImagingStudy", "procedure_code": _code("4"), "series": [], **_to("Over")},
    "Over": {"type": "EncounterEnd", **_to("End of Other")},
    "End of Other": {"type": "ConditionEnd", "codes": [_code("2")], **_to("Wait")},
    "Visit": {
        "type": "Encounter",
        "encounter_class": "ambulatory",
        "codes": [_code("5")],
        "reason": "illness",
        **_to("Value"),
    },
    "Value": {
        "type": "Observation",
        "category": "laboratory",
        "unit": "1",
        "codes": [_code("6", "LOINC")],
        "range": {"low": 0, "high": 10},
        **_if(
            "Panel",
            "Words",
            {"condition_type": "Observation", "codes": [_code("6", "LOINC")], "operator": "<", "value": 6},
            {"condition_type": "Vital Sign", "vital_sign": "Heart Rate", "operator": ">", "value": 60},
            {"condition_type": "PriorState", "name": "Onset", "within": {"quantity": 9, "unit": "years"}},
            word="At Most",
        ),
    },
    "Words": {
        "type": "Observation",
        "category": "laboratory",
        "codes": [_code("7", "LOINC")],
        "value_code": _code("8"),
        **_to("Panel"),
    },
    "Panel": {
        "type": "DiagnosticReport",
        "codes": [_code("9", "LOINC")],
        "observations": [
            {"codes": [_code("10", "LOINC")], "unit": "1", "attribute": "n"},
            {"codes": [_code("11", "LOINC")], "unit": "/min", "vital_sign": "Heart Rate"},
            {"codes": [_code("12", "LOINC")], "unit": "1", "attribute": "copy"},
        ],
        **_to("Operate"),
    },
    "Operate": {
        "type": "Procedure",
        "codes": [_code("13")],
        "reason": "Onset",
        "duration": {"low": 1, "high": 300, "unit": "hours"},
        **_to("Order"),
    },
    "Order": {
        "type": "MedicationOrder",
        "codes": [_code("14", "RxNorm")],
        "reason": "illness",
        "assign_to_attribute": "drug",
        **_to("Plan"),
    },
    "Plan": {"type": "CarePlanStart", "codes": [_code("15")], **_to("Device")},
    "Device": {"type": "Device", "code": _code("16"), **_to("Vaccine")},
    "Vaccine": {"type": "Vaccine", "codes": [_code("17", "CVX")], "series": 1, **_to("Supply")},
    "Supply": {"type": "SupplyList", "supplies": [{"quantity": 1, "code": _code("18")}], **_to("Leave")},
    "Leave": {"type": "EncounterEnd", **_if("Stop", "Stop", ILL)},
    "Stop": {"type": "MedicationEnd", "referenced_by_attribute": "drug", **_to("Unplan")},
    "Unplan": {"type": "CarePlanEnd", "careplan": "Plan", **_to("Remove")},
    "Remove": {"type": "DeviceEnd", "device": "Device", **_to("Calm")},
    "Calm": {"type": "AllergyEnd", "allergy_onset": "Allergy", **_to("Well Again")},
    "Well Again": {
        "type": "ConditionEnd",
        "condition_onset": "Onset",
        **_shares(("Die", 0.03), ("Wait", 0.97)),
    },
    "Die": {"type": "Death", "range": {"low": 1, "high": 30, "unit": "days"}, **_to("Last")},
    "Last": {"type": "Terminal"},
}

INNER: dict[str, Any] = {
    "Initial": {"type": "Initial", **_to("Emergency")},
    "Emergency": {
        "type": "Encounter",
        "encounter_class": "emergency",
        "codes": [_code("20")],
        **_if(
            "Ill",
            "Rest",
            {"condition_type": "Active Condition", "referenced_by_attribute": "illness"},
            {"condition_type": "Attribute", "attribute": "word", "operator": "is not nil"},
            word="Or",
        ),
    },
    "Ill": {"type": "Simple", **_to("Rest")},
    "Rest": {"type": "Delay", "range": {"low": 1, "high": 200, "unit": "hours"}, **_to("Home")},
    "Home": {"type": "EncounterEnd", **_to("Back")},
    "Back": {"type": "Terminal"},
}


def _guard(target: str, question: dict[str, Any], within: int = 2) -> dict[str, Any]:
    """A guard that opens by its question or because the last note is that many years old."""
    note = {"condition_type": "PriorState", "name": "Note", "within": {"quantity": within, "unit": "years"}}
    escape = {"condition_type": "Not", "condition": note}
    return {
        "type": "Guard",
        "allow": {"condition_type": "Or", "conditions": [question, escape]},
        **_to(target),
    }


def _asked(attribute: str, operator: str, value: float) -> dict[str, Any]:
    return {"condition_type": "Attribute", "attribute": attribute, "operator": operator, "value": value}


WATCHERS: dict[str, Any] = {
    "Initial": {"type": "Initial", **_to("Note")},
    "Note": {
        "type": "Observation",
        "category": "survey",
        "codes": [_code("30", "LOINC")],
        "unit": "1",
        "attribute": "n",
        **_to("Month"),
    },
    "Month": _guard("Year", {"condition_type": "Date", "operator": "==", "month": 3}),
    "Year": _guard("Date", {"condition_type": "Date", "operator": ">", "year": 1999}),
    "Date": _guard(
        "Illness",
        {"condition_type": "Date", "operator": "<", "date": {"year": 2010, "month": 6, "day": 7}},
    ),
    "Illness": _guard("Cured", ILL),
    "Cured": _guard("Reference", {"condition_type": "Not", "condition": ILL}, within=4),
    "Reference": _guard(
        "Feels", {"condition_type": "Active Condition", "referenced_by_attribute": "illness"}
    ),
    "Feels": _guard(
        "Signs", {"condition_type": "Symptom", "symptom": "Fever", "operator": ">", "value": 60}, within=5
    ),
    "Signs": _guard(
        "Age", {"condition_type": "Vital Sign", "vital_sign": "Potassium", "operator": ">", "value": 4.6}
    ),
    "Age": _guard("Counts", {"condition_type": "Age", "operator": "<", "quantity": 40, "unit": "years"}),
    "Counts": _guard("Some", _asked("n", ">", 12), within=6),
    "Some": _guard(
        "Fever",
        {
            "condition_type": "At Least",
            "minimum": 2,
            "conditions": [
                ILL,
                _asked("n", "<", 8),
                _asked("mi_risk", ">", 0.001),
                _asked("smoker", "==", 1),
            ],
        },
        within=7,
    ),
    "Fever": {
        "type": "Symptom",
        "symptom": "Fever",
        "cause": "the watched pot",
        "distribution": {"kind": "EXPONENTIAL", "parameters": {"mean": 60, "max": 100}, "round": True},
        **_to("Pain"),
    },
    "Pain": {"type": "Symptom", "symptom": "Pain", "range": {"low": 50, "high": 100}, **_to("Aches")},
    "Aches": {"type": "Symptom", "symptom": "Aches", "exact": {"quantity": 95}, **_to("Chills")},
    "Chills": {"type": "Symptom", "symptom": "Chills", "exact": {"quantity": 90}, **_to("School")},
    "School": {
        "type": "Simple",
        **_if(
            "Table",
            "Stay",
            {"condition_type": "Attribute", "attribute": "education", "operator": "==", "value": "hs_degree"},
            {"condition_type": "Attribute", "attribute": "marital_status", "operator": "!=", "value": "M"},
            word="Or",
        ),
    },
    "Table": {
        "type": "Delay",
        "exact": {"quantity": 3, "unit": "weeks"},
        "lookup_table_transition": [
            {"transition": target, "default_probability": share, "lookup_table_name": "t.csv"}
            for target, share in (("Table", 0.2), ("Note", 0.5), ("Stay", 0.3))
        ],
    },
    "Stay": {
        "type": "Encounter",
        "encounter_class": "ambulatory",
        "codes": [_code("31")],
        **_to("Rest"),
    },
    "Rest": {
        "type": "Delay",
        "range": {"low": 1, "high": 200, "unit": "days", "decimals": 1},
        **_shares(("Note", 0.5), ("Leave", 0.5)),
    },
    "Leave": {"type": "EncounterEnd", **_to("All Over")},
    "All Over": {"type": "ConditionEnd", "codes": [_code("2"), _code("1")], **_to("Note")},
}
"""A module that watches the other: every guard that time, a change or the other module can open."""

TABLE = "age,time,gender,race,Table,Note,Stay\n" + "".join(
    f"{age}-{age + 9},{year}-{year + 157_680_000_000},{sex},*,{share},0.3,{0.7 - share:.2f}\n"
    for age in range(0, 90, 10)
    for year in range(0, 1_500_000_000_000, 157_680_000_001)
    for sex, share in (("M", 0.1), ("F", 0.4))
)
"""Its lookup table "t.csv"."""
