"""The small whole numbers that events, states and vital signs are known by."""

from enum import IntEnum


class Kind(IntEnum):
    """What an event says."""

    ENCOUNTER = 0
    ENCOUNTER_END = 1
    CONDITION = 2
    CONDITION_END = 3
    MEDICATION = 4
    MEDICATION_END = 5
    PROCEDURE = 6
    OBSERVATION = 7
    DEATH = 8
    CAREPLAN = 9
    CAREPLAN_END = 10
    ALLERGY = 11
    ALLERGY_END = 12
    DEVICE = 13
    DEVICE_END = 14
    REPORT = 15
    IMMUNIZATION = 16
    IMAGING = 17
    SUPPLY = 18


class Op(IntEnum):
    """What the machine does when it processes a state."""

    SIMPLE = 0
    TERMINAL = 1
    GUARD = 2
    DELAY = 3
    SET = 4
    COUNT = 5
    START = 6
    END = 7
    ENCOUNTER = 8
    ENCOUNTER_END = 9
    WELLNESS = 10
    PROCEDURE = 11
    OBSERVE = 12
    PANEL = 13
    NOTE = 14
    SYMPTOM = 15
    DIE = 16
    CALL = 17


class Test(IntEnum):
    """What a logic expression asks."""

    __test__ = False

    TRUE = 0
    AGE = 1
    SEX = 2
    ATTRIBUTE = 3
    YEAR = 4
    MONTH = 5
    PRIOR = 6
    ACTIVE = 7
    ACTIVE_REFERENCE = 8
    RACE = 9
    SES = 10
    VITAL = 11
    SYMPTOM = 12
    DATE = 13
    AND = 14
    OR = 15
    AT_LEAST = 16
    AT_MOST = 17
    NOT = 18


class Compare(IntEnum):
    """How a logic expression compares."""

    LESS = 0
    LESS_EQUAL = 1
    EQUAL = 2
    GREATER_EQUAL = 3
    GREATER = 4
    NOT_EQUAL = 5
    IS_NIL = 6
    IS_NOT_NIL = 7


class Draw(IntEnum):
    """How an amount is drawn."""

    EXACT = 0
    UNIFORM = 1
    GAUSSIAN = 2
    EXPONENTIAL = 3
    TRIANGULAR = 4


class Source(IntEnum):
    """Where the value of an attribute or observation comes from."""

    AMOUNT = 0
    ATTRIBUTE = 1
    VITAL = 2
    CONSTANT = 3


RACES = ("white", "black", "native", "asian", "hawaiian", "other")
"""The races the engine knows; a person's race is an index into them."""

SES = ("low", "middle", "high")
"""The socioeconomic categories; a person's is an index into them."""

VITALS = (
    "height",
    "weight",
    "bmi",
    "sbp",
    "dbp",
    "heart_rate",
    "respiratory_rate",
    "temperature",
    "oxygen_saturation",
    "hba1c",
    "glucose",
    "creatinine",
    "egfr",
    "urea_nitrogen",
    "sodium",
    "potassium",
    "hemoglobin",
    "cholesterol",
    "hdl",
    "ldl",
    "triglycerides",
    "waist",
    "chloride",
    "bicarbonate",
    "calcium",
    "phosphate",
    "albumin",
    "total_protein",
    "alt",
    "ast",
    "ggt",
    "alkaline_phosphatase",
    "bilirubin",
    "uric_acid",
    "ldh",
    "creatine_kinase",
    "insulin",
    "wbc",
    "rbc",
    "mcv",
    "hematocrit",
    "rdw",
    "platelets",
    "lymphocytes",
    "neutrophils",
    "uacr",
    "crp",
    "tsh",
    "lvef",
    "phq9",
    "gad7",
    "head_circumference",
    "bmi_percentile",
)
"""The vital signs and laboratory values that the physiology hook knows."""

FLAGS = (
    "diabetes",
    "prediabetes",
    "diabetes_diagnosed",
    "on_diabetes_drug",
    "hypertension",
    "hypertension_diagnosed",
    "on_hypertension_drug",
    "gestational_diabetes",
    "pregnant",
    "asthma",
    "smoker",
    "former_smoker",
    "alcohol_disorder",
    "lipid_disorder",
    "on_statin",
    "coronary_disease",
    "heart_failure",
    "atrial_fibrillation",
    "stroke",
    "kidney_disease",
    "copd",
    "depression",
    "anxiety",
    "dementia",
    "cancer",
    "hiv",
    "anemia",
    "infection",
    "arthritis",
    "on_antidepressant",
)
"""The attributes of a person that hooks read and that every life reports at its end.

Numbers, 0 where unset: the stage of `kidney_disease` (1 to 5), the severity of `depression`,
`anxiety` and `infection` (1 mild, 2 moderate, 3 severe), how many drugs a person takes
(`on_diabetes_drug`, `on_hypertension_drug`); the others are 1.
"""
