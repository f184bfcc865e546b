"""Notes in English, as hospitals of the United States write them."""

from collections.abc import Callable
from datetime import date, timedelta

from sim.systems.note_cases import LIVEBIRTH, Case
from sim.systems.note_dice import Dice
from sim.systems.note_marks import mark
from sim.systems.note_words import PROCEDURES, terms
from sim.systems.wording import Wording, drug_names

UNNAMED = Wording("condition", "illness")
"""What a condition without a name of its own is called."""

RELATIONS = {
    "parent F": "mother",
    "parent M": "father",
    "child F": "daughter",
    "child M": "son",
    "spouse F": "wife",
    "spouse M": "husband",
    "sibling F": "sister",
    "sibling M": "brother",
}

TITLED, NAMED, CALLED, PLACED = 0.10, 0.06, 0.10, 0.06
"""Shares of notes with the patient's name, with a relative's name, with a telephone number, with a place
(assumed)."""

NOTHING_FOUND = ("No past medical history.", "Previously healthy.")

FAMILY_ASKED = 0.6
"""Share of notes that mention the family (assumed)."""


def condition(
    dice: Dice, code: str, negated: bool = False, whose: str = "patient", certain: bool = True
) -> str:
    """Returns a marked condition."""
    wording = terms("us").get(code, UNNAMED)
    return dice.mention("condition", code, wording, negated, whose, certain)


def _drug(dice: Dice, code: str) -> str:
    return dice.mention("drug", code, drug_names("us")[code])


def _list(words: list[str], last: str = "and") -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}"


def written(dice: Dice, day: date) -> str:
    """Returns a marked date in one of the ways Americans write it."""
    form = dice.pick(("{0:%m/%d/%Y}", "{0.month}/{0.day}/{0:%y}", "{0:%B} {0.day}, {0.year}"))
    return mark("date", day.isoformat(), form.format(day))


def _age(case: Case, dice: Dice) -> str:
    years = case.age // 365 if case.age < 730 else int(case.age / 365.25)
    noun = {"F": "woman", "M": "man"} if years >= 18 else {"F": "girl", "M": "boy"}
    if dice.terse:
        return f"{years}yo {case.sex}" if case.age >= 730 else f"{max(0, case.age // 30)}mo {case.sex}"
    if case.age < 730:
        return f"{max(0, case.age // 30)}-month-old {noun[case.sex]}"
    return f"{years}-year-old {noun[case.sex]}"


def _who(case: Case, dice: Dice) -> str:
    if not dice.chance(TITLED):
        return dice.pick((_age(case, dice), "pt")) if dice.terse else dice.pick(("", "The ")) + "patient"
    if case.age < 18 * 365:
        return mark("name", case.given, case.given)
    title = {"F": "Ms. ", "M": "Mr. "}[case.sex]
    full = mark("name", f"{case.given} {case.surname}", f"{case.given} {case.surname}")
    return dice.pick((title + mark("name", case.surname, case.surname), full))


def _present(case: Case, dice: Dice) -> str:
    """Says why the patient comes and what is denied."""
    who = _who(case, dice)
    who = who[0].upper() + who[1:] if who[0].isalpha() else who
    if not case.complaints:
        return f"{who} {dice.pick(('seen today', 'here', 'comes in'))} for {_reason(case, dice)}."
    felt = _list([condition(dice, code) for code in dice.some(case.complaints, 2)])
    number = 1 + int(dice.roll() * 6)
    unit = dice.pick(("day", "day", "week"))
    if dice.terse:
        told = f"{who} c/o {felt} x {number}{unit[0]}."
    else:
        ago = f"{number} {unit}s" if number > 1 else f"one {unit}"
        told = dice.pick(
            (
                f"{who} presents with {felt} for {ago}.",
                f"{who} reports {felt} over the last {ago}.",
                f"{who}, a {_age(case, dice)}, comes because of {felt}, now for {ago}.",
                f"{who} has had {felt} for {ago}, no better with rest.",
            )
        )
    return f"{told} {_denial(case, dice)}".rstrip()


def _reason(case: Case, dice: Dice) -> str:
    if case.healthy:
        return dice.pick(("a routine check-up", "a yearly examination", "an annual visit"))
    if case.main == LIVEBIRTH:
        return dice.pick(("newborn care", "birth at term"))
    if case.main is None:
        return dice.pick(("unspecific complaints", "feeling unwell", "an unclear illness"))
    return condition(dice, case.main)


def _denial(case: Case, dice: Dice) -> str:
    denials = dice.some(case.denials, 2 + int(dice.roll() * 2))
    told = [condition(dice, code, negated=True) for code in denials]
    if case.age < 6 * 365:
        return dice.pick(("Mother reports no ", "Per mother no ")) + _list(told, "or") + "."
    if dice.terse:
        return dice.pick(("Denies ", "No ", "neg for ")) + ", ".join(told) + "."
    return dice.pick(("Denies ", "There is no ", "Negative for ", "No ")) + _list(told, "or") + "."


def _history(case: Case, dice: Dice) -> str:
    if not case.history:
        return dice.pick(NOTHING_FOUND)
    known = [condition(dice, code) for code in case.history]
    if dice.terse:
        return "h/o " + ", ".join(known) + "."
    return dice.pick(("History of ", "Known ", "Long-standing ")) + _list(known) + "."


def _family(case: Case, dice: Dice) -> str:
    if not dice.chance(FAMILY_ASKED):
        return ""
    if case.family is None:
        told = [condition(dice, code, True, "family") for code in ("414545008", "44054006")]
        return f"No family history of {_list(told, 'or')}."
    relation, code = case.family
    told_of = condition(dice, code, whose="family")
    forms = (f"{relation.capitalize()} has {told_of}.", f"{told_of} in the patient's {relation}.")
    return dice.pick((*forms, f"{relation.capitalize()} with {told_of}."))


def _medication(case: Case, dice: Dice) -> str:
    if not case.takes:
        return dice.pick(("No regular medication.", "")) if dice.chance(0.5) else ""
    told = [_drug(dice, code) for code in case.takes]
    return dice.pick(("Takes ", "On ", "Currently takes ")) + _list(told) + "."


def _examination(case: Case, dice: Dice) -> str:
    """Gives the vital signs, and what was looked at."""
    v, told = case.vitals, []
    if "8480-6" in v and "8462-4" in v:
        pressure = f"{v['8480-6']:.0f}/{v['8462-4']:.0f}"
        told.append(mark("measurement", f"85354-9 {pressure} mm[Hg]", f"BP {pressure}"))
    if "8867-4" in v:
        told.append(mark("measurement", f"8867-4 {v['8867-4']:.0f} /min", f"HR {v['8867-4']:.0f}"))
    if "8310-5" in v:
        warmth = f"{v['8310-5'] * 1.8 + 32:.1f}"
        told.append(mark("measurement", f"8310-5 {warmth} [degF]", f"T {warmth} F"))
    if "59408-5" in v:
        told.append(mark("measurement", f"59408-5 {v['59408-5']:.0f} %", f"SpO2 {v['59408-5']:.0f}%"))
    looked = dice.pick(
        (
            "Alert, NAD. Lungs CTAB, RRR.",
            "Well appearing. Heart regular, lungs clear.",
            "In no distress. Abdomen soft.",
            "Comfortable at rest, skin warm and dry.",
            "Exam unremarkable.",
        )
    )
    return f"{', '.join(told)}. {looked}" if told else looked


def _results(case: Case, dice: Dice) -> str:
    names = {"4548-4": ("A1c", "HbA1c"), "2345-7": ("glucose", "Glu"), "2160-0": ("creatinine", "Cr")}
    names |= {"2823-3": ("potassium", "K"), "718-7": ("hemoglobin", "Hb"), "18262-6": ("LDL", "LDL-C")}
    told = [
        mark("measurement", f"{code} {number} {unit}", f"{dice.pick(names[code])} {number} {unit}")
        for code, number, unit in case.results
    ]
    return dice.pick(("Today ", "Lab: ", "Blood: ")) + ", ".join(told) + "." if told else ""


def _done(case: Case, dice: Dice) -> str:
    return " ".join(PROCEDURES["us"][code] for code in case.done if code in PROCEDURES["us"])


def _assessment(case: Case, dice: Dice) -> str:
    if case.healthy:
        return dice.pick(("Routine examination, nothing of note.", "Nothing new found."))
    if case.main == LIVEBIRTH:
        return dice.pick(("Healthy newborn.", "Term newborn, doing well."))
    if case.main is None:
        return dice.pick(("Cause unclear.", "No diagnosis yet.", "Nonspecific illness."))
    named = condition(dice, case.main)
    told = dice.pick(
        (f"Impression: {named}.", f"Assessment: {named}.", f"Dx {named}.", f"Most likely {named}.")
    )
    if case.suspects and dice.chance(0.4):
        other = condition(dice, dice.pick(case.suspects), certain=False)
        told += dice.pick((f" Possible {other}.", f" r/o {other}.", f" Cannot exclude {other}."))
    return told


def _plan(case: Case, dice: Dice) -> str:
    told = []
    if case.started:
        begun = _list([_drug(dice, code) for code in case.started])
        told.append(dice.pick(("Start ", "Rx ", "Prescribed ")) + begun + ".")
    later = written(dice, case.end + timedelta(days=7 + int(dice.roll() * 84)))
    told.append(
        dice.pick((f"F/u {later}.", f"Return on {later}.", "Return PRN.", "Follow up with own doctor."))
    )
    return " ".join(told)


def _contact(case: Case, dice: Dice) -> str:
    """Adds what somebody jotted down: a relative, a telephone number, where the patient lives."""
    told = []
    if case.relative is not None and dice.chance(NAMED):
        relation, given, surname, phone = case.relative
        name = mark("name", f"{given} {surname}", dice.pick((given, f"{given} {surname}")), whose="family")
        called = mark("phone", phone, phone, whose="family")
        told.append(
            dice.pick(
                (
                    f"{RELATIONS[relation].capitalize()} {name} can be reached at {called}.",
                    f"Spoke with {RELATIONS[relation]} {name}, who agrees.",
                    f"Accompanied by {RELATIONS[relation]} {name} ({called}).",
                )
            )
        )
    if dice.chance(CALLED):
        told.append(f"Call with results: {mark('phone', case.phone, case.phone)}.")
    if dice.chance(PLACED):
        told.append(f"Lives in {mark('place', case.town, case.town)}.")
    return " ".join(told)


def _course(case: Case, dice: Dice) -> str:
    came, went = written(dice, case.begin), written(dice, case.end)
    named = _reason(case, dice)
    return dice.pick(
        (
            f"Admitted {came} with {named}. Discharged {went} in stable condition.",
            f"In hospital {came} to {went} for {named}, a {_age(case, dice)}.",
            f"Stay from {came}: treated for {named}, improved, d/c {went}.",
        )
    )


def _observed(case: Case, dice: Dice) -> str:
    told = dice.pick(("Resting", "Awake and oriented", "Slept well", "Up to bathroom with help"))
    return f"{told}. {_denial(case, dice)}"


def _call(case: Case, dice: Dice) -> str:
    name = mark("name", f"{case.given} {case.surname}", f"{case.given} {case.surname}")
    phone = mark("phone", case.phone, case.phone)
    day = written(dice, case.begin)
    if case.relative is not None and (case.age < 16 * 365 or dice.chance(0.3)):
        relation, given, surname, number = case.relative
        kin = mark("name", f"{given} {surname}", f"{given} {surname}", whose="family")
        line = mark("phone", number, number, whose="family")
        return f"{RELATIONS[relation].capitalize()} {kin} ({line}) called about {name}, seen {day}."
    return dice.pick((f"Called {name} at {phone} about the visit of {day}.", f"{name} phoned from {phone}."))


Part = tuple[str, Callable[[Case, Dice], str]]

_START: tuple[Part, ...] = (("HPI", _present), ("PMH", _history), ("FHx", _family), ("Meds", _medication))
_END: tuple[Part, ...] = (
    *(("Exam", _examination), ("Labs", _results), ("Course", _done)),
    *(("A", _assessment), ("Plan", _plan), ("Note", _contact)),
)

PARTS: dict[str, tuple[Part, ...]] = {
    "emergency": (*_START, *_END),
    "admission": (*_START, *_END),
    "discharge": (("Course", _course), _START[1], *_END[1:]),
    "clinic": (_START[0], _START[1], _START[3], *_END),
    "nursing": (("Obs", _observed), _END[0], _END[-1]),
    "telephone": (("Call", _call), ("Plan", _plan)),
}
"""The parts of each kind of note, with their headings."""


def write(case: Case, kind: str, style: str, dice: Dice) -> str:
    """Writes a note, with marks; one paragraph a line.

    Args:
        case: What is known.
        kind: One of `PARTS`.
        style: "headed" (each paragraph has a heading), "plain" or "terse".
        dice: The writer's choices.
    """
    told = [(heading, part(case, dice)) for heading, part in PARTS[kind]]
    if style == "headed":
        return "\n".join(f"{heading}: {text}" for heading, text in told if text)
    return "\n".join(text for _, text in told if text)
