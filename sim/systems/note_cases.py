"""What a clinician who writes a note knows about the patient and the visit."""

from dataclasses import dataclass
from datetime import date

CHEST_PAIN, DYSPNEA, FEVER, COUGH, SORE_THROAT = "29857009", "267036007", "386661006", "49727002", "162397003"
HEADACHE, DIZZINESS, SYNCOPE, NUMBNESS, FATIGUE = "25064002", "404640003", "271594007", "44077006", "84229001"
ABDOMINAL_PAIN, VOMITING, NAUSEA, DIARRHEA = "21522001", "249497008", "422587007", "62315008"
JOINT_PAIN, RASH, DYSURIA, PALPITATIONS, THIRST = "57676002", "271807003", "49650001", "80313002", "17173007"
WEIGHT_LOSS = "89362005"

LIVEBIRTH = "281050002"

SYMPTOMS = (
    *(CHEST_PAIN, DYSPNEA, FEVER, COUGH, SORE_THROAT, HEADACHE, DIZZINESS, SYNCOPE, NUMBNESS, FATIGUE),
    *(ABDOMINAL_PAIN, VOMITING, NAUSEA, DIARRHEA, JOINT_PAIN, RASH, DYSURIA, PALPITATIONS, THIRST),
    WEIGHT_LOSS,
)
"""SNOMED CT codes of what patients complain of."""

DENIED = (
    CHEST_PAIN,
    DYSPNEA,
    FEVER,
    DIZZINESS,
    SYNCOPE,
    ABDOMINAL_PAIN,
    VOMITING,
    HEADACHE,
    PALPITATIONS,
    RASH,
)
DENIED_FOR_CHILDREN = (FEVER, VOMITING, COUGH, DYSPNEA, RASH, DIARRHEA)
"""What clinicians ask about, and write down when it is absent."""

PNEUMONIA, BRONCHITIS, INFLUENZA, INFARCTION, EMBOLISM = (
    *("233604007", "10509002", "6142004"),
    *("22298006", "59282003"),
)
APPENDICITIS, CHOLECYSTITIS, ULCER, INFECTION, STROKE = (
    *("74400008", "65275009", "13200003"),
    *("68566005", "230690007"),
)
ANEMIA, THYROID, MIGRAINE, ARTHRITIS, KIDNEY_STONE = (
    *("271737000", "40930008", "37796009"),
    *("396275006", "95570007"),
)

INFARCTIONS = frozenset({"401303003", "401314000", "399211009"})
"""Kinds of `INFARCTION`."""

GROUPS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "J4": ((DYSPNEA, COUGH), (PNEUMONIA, EMBOLISM)),
    "J": ((COUGH, FEVER, SORE_THROAT), (PNEUMONIA, BRONCHITIS, INFLUENZA)),
    "I10": ((DIZZINESS, HEADACHE), ()),
    "I2": ((CHEST_PAIN, DYSPNEA), (INFARCTION, EMBOLISM)),
    "I4": ((PALPITATIONS, DIZZINESS), (THYROID, ANEMIA)),
    "I6": ((NUMBNESS, DIZZINESS), (STROKE,)),
    "I": ((DYSPNEA, FATIGUE), (INFARCTION, ANEMIA)),
    "E": ((THIRST, FATIGUE), (THYROID, ANEMIA)),
    "K": ((ABDOMINAL_PAIN, NAUSEA, VOMITING), (APPENDICITIS, CHOLECYSTITIS, ULCER)),
    "A": ((DIARRHEA, FEVER, VOMITING), (APPENDICITIS, INFECTION)),
    "N9": ((), ()),
    "N": ((DYSURIA, FEVER), (KIDNEY_STONE, INFECTION)),
    "M": ((JOINT_PAIN,), (ARTHRITIS,)),
    "L": ((RASH,), ()),
    "G": ((HEADACHE, NAUSEA), (MIGRAINE, STROKE)),
    "R07": ((CHEST_PAIN, PALPITATIONS), (INFARCTION, EMBOLISM)),
    "R10": ((ABDOMINAL_PAIN, NAUSEA), (APPENDICITIS, CHOLECYSTITIS)),
    "R06": ((DYSPNEA,), (PNEUMONIA, EMBOLISM)),
    "R42": ((DIZZINESS,), (ANEMIA, STROKE)),
    "R5": ((FATIGUE, DIZZINESS), (ANEMIA, INFECTION)),
    "C": ((FATIGUE, WEIGHT_LOSS), (ANEMIA,)),
    "D": ((FATIGUE, DIZZINESS), (ANEMIA,)),
}
"""By the beginning of the diagnosis code, the longest first match: usual complaints, and what else it may
be (SNOMED CT)."""


@dataclass(frozen=True, slots=True)
class Case:
    """One visit as its clinician knows it. Conditions are SNOMED CT codes, drugs RxNorm codes.

    Attributes:
        age: Days lived.
        sex: "F" or "M".
        given, surname, phone, town: The patient's.
        relative: Who lives with the patient: relation, given name, surname, telephone; None if nobody does.
        family: A relation and what that relative has; None if nothing is known.
        code: ICD code of the main diagnosis.
        text: It in words.
        main: Its SNOMED CT code; missing for a check-up and for what nobody could name.
        found: What was diagnosed at the visit.
        history: What the patient has had for long.
        takes: Drugs from before.
        started: Drugs begun at the visit.
        vitals: Numbers by LOINC code.
        results: LOINC code, written number and unit of each test.
        done: SNOMED CT codes of what was done.
        begin, end: First and last day.
    """

    age: int
    sex: str
    given: str
    surname: str
    phone: str
    town: str
    relative: tuple[str, str, str, str] | None
    family: tuple[str, str] | None
    code: str
    text: str
    main: str | None
    found: frozenset[str]
    history: tuple[str, ...]
    takes: tuple[str, ...]
    started: tuple[str, ...]
    vitals: dict[str, float]
    results: tuple[tuple[str, str, str], ...]
    done: tuple[str, ...]
    begin: date
    end: date

    @property
    def healthy(self) -> bool:
        """Whether the visit is a check-up."""
        return self.main is None and self.code.startswith("Z")

    @property
    def complaints(self) -> tuple[str, ...]:
        """What somebody with this diagnosis usually complains of; empty if it is no illness of `GROUPS`."""
        return _group(self.code)[0]

    @property
    def suspects(self) -> tuple[str, ...]:
        """What else it may be."""
        known = {self.main, *self.found, *self.history}
        if known & INFARCTIONS:
            known.add(INFARCTION)
        return tuple(code for code in _group(self.code)[1] if code not in known)

    @property
    def denials(self) -> tuple[str, ...]:
        """What the patient may say to be free of."""
        has = {self.main, *self.found, *self.complaints}
        asked = DENIED_FOR_CHILDREN if self.age < 6 * 365 else DENIED
        return tuple(code for code in asked if code not in has)


def _group(code: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    for size in (3, 2, 1):
        if code[:size] in GROUPS:
            return GROUPS[code[:size]]
    return (), ()
