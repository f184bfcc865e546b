"""Notes in Chinese, as hospitals of China write them: short, with fixed headings."""

from collections.abc import Callable
from datetime import date, timedelta

from sim.systems.note_cases import LIVEBIRTH, Case
from sim.systems.note_dice import Dice
from sim.systems.note_marks import mark
from sim.systems.note_words import PROCEDURES, terms
from sim.systems.wording import Wording, drug_names

UNNAMED = Wording("本病", "该病")
"""What a condition without a name of its own is called."""

RELATIONS = {
    "parent F": "母亲",
    "parent M": "父亲",
    "child F": "女儿",
    "child M": "儿子",
    "spouse F": "妻子",
    "spouse M": "丈夫",
    "sibling F": "姐妹",
    "sibling M": "兄弟",
}
ELDERS = {"mother": "母亲", "father": "父亲", "grandmother": "祖母"}

NAMED, KIN_NAMED, CALLED, PLACED = 0.10, 0.08, 0.10, 0.06
"""Shares of notes with the patient's name, with a relative's name, with a telephone number, with a place
(assumed)."""

FAMILY_ASKED = 0.8
"""Share of notes that mention the family (assumed)."""


def condition(
    dice: Dice, code: str, negated: bool = False, whose: str = "patient", certain: bool = True
) -> str:
    """Returns a marked condition."""
    wording = terms("cn").get(code, UNNAMED)
    return dice.mention("condition", code, wording, negated, whose, certain)


def _drugs(dice: Dice, codes: tuple[str, ...]) -> str:
    return "、".join(dice.mention("drug", code, drug_names("cn")[code]) for code in codes)


def written(dice: Dice, day: date) -> str:
    """Returns a marked date in one of the ways Chinese hospitals write it."""
    form = dice.pick(("{0.year}年{0.month}月{0.day}日", "{0:%Y-%m-%d}", "{0.year}.{0.month}.{0.day}"))
    return mark("date", day.isoformat(), form.format(day))


def _who(case: Case, dice: Dice) -> str:
    """Returns "the patient", with name, sex and age where the writer puts them."""
    sex = {"F": "女", "M": "男"}[case.sex]
    age = f"{max(0, case.age // 30)}个月" if case.age < 730 else f"{int(case.age / 365.25)}岁"
    if dice.chance(NAMED):
        name = case.surname + case.given
        return f"患者{mark('name', name, name)}，{sex}，{age}，"
    return dice.pick(("患者", f"患者{sex}，{age}，", "患儿" if case.age < 14 * 365 else "患者"))


def _complaint(case: Case, dice: Dice) -> str:
    if not case.complaints:
        return f"{_reason(case, dice)}{dice.pick(('就诊', '来诊', ''))}。"
    felt = [condition(dice, code) for code in dice.settled(case.complaints, 2)]
    return f"{dice.pick(('、', '伴')).join(felt)}{_since(dice)}。"


def _since(dice: Dice) -> str:
    return f"{1 + int(dice.first * 6)}{'天天周'[int(dice.first * 30) % 3]}"


def _present(case: Case, dice: Dice) -> str:
    who = _who(case, dice)
    if not case.complaints:
        return (
            f"{who}因{_reason(case, dice)}来院，{dice.pick(('一般情况可', '精神、饮食可', '无特殊不适'))}。"
        )
    felt = "、".join(condition(dice, code) for code in dice.settled(case.complaints, 2))
    onset = dice.pick(("无明显诱因", "受凉后", "劳累后", "不明原因"))
    told = f"{who}{_since(dice)}前{onset}出现{felt}，{_denial(case, dice)}"
    if dice.terse:
        return told
    return told + dice.pick(("大小便正常。", "精神、睡眠尚可。", "近期体重无明显变化。", "自服药物无好转。"))


def _reason(case: Case, dice: Dice) -> str:
    if case.healthy:
        return dice.pick(("健康体检", "常规体检", "年度体检"))
    if case.main == LIVEBIRTH:
        return dice.pick(("出生", "新生儿观察"))
    if case.main is None:
        return dice.pick(("全身不适", "身体不适", "不适原因待查"))
    return condition(dice, case.main)


def _denial(case: Case, dice: Dice) -> str:
    told = [condition(dice, code, negated=True) for code in dice.some(case.denials, 2)]
    if case.age < 6 * 365:
        return f"家长诉无{'、'.join(told)}。"
    return dice.pick(("否认", "无", "不伴")) + "、".join(told) + "。"


def _history(case: Case, dice: Dice) -> str:
    if not case.history:
        return dice.pick(("既往体健。", "既往无特殊病史。", "平素健康状况良好。"))
    known = "、".join(condition(dice, code) for code in case.history)
    return dice.pick((f"有{known}病史。", f"既往{known}多年。", f"患{known}，规律随诊。"))


def _family(case: Case, dice: Dice) -> str:
    if not dice.chance(FAMILY_ASKED):
        return ""
    if case.family is None:
        told = condition(dice, "44054006", True, "family")
        return dice.pick((f"否认{told}等家族史。", f"无{told}家族史。"))
    relation, code = case.family
    told = condition(dice, code, whose="family")
    return dice.pick((f"{ELDERS[relation]}患{told}。", f"{ELDERS[relation]}有{told}病史。"))


def _medication(case: Case, dice: Dice) -> str:
    if not case.takes:
        return ""
    return dice.pick(("长期服用", "目前服用", "规律口服")) + _drugs(dice, case.takes) + "。"


def _examination(case: Case, dice: Dice) -> str:
    v, told = case.vitals, []
    if "8310-5" in v:
        told.append(mark("measurement", f"8310-5 {v['8310-5']:.1f} Cel", f"T {v['8310-5']:.1f}℃"))
    if "8867-4" in v:
        told.append(mark("measurement", f"8867-4 {v['8867-4']:.0f} /min", f"P {v['8867-4']:.0f}次/分"))
    if "8480-6" in v and "8462-4" in v:
        pressure = f"{v['8480-6']:.0f}/{v['8462-4']:.0f}"
        told.append(mark("measurement", f"85354-9 {pressure} mm[Hg]", f"BP {pressure}mmHg"))
    if "59408-5" in v:
        told.append(mark("measurement", f"59408-5 {v['59408-5']:.0f} %", f"SpO2 {v['59408-5']:.0f}%"))
    looked = dice.pick(
        (
            "神清，双肺呼吸音清，未闻及干湿啰音，律齐。",
            "一般情况可，心律齐，腹软。",
            "神志清楚，精神可，皮肤巩膜无黄染。",
            "查体合作，双下肢无水肿。",
            "心肺查体未见明显异常。",
        )
    )
    return f"{'，'.join(told)}。{looked}" if told else looked


def _results(case: Case, dice: Dice) -> str:
    names = {"4548-4": ("HbA1c", "糖化血红蛋白"), "2345-7": ("血糖", "GLU"), "2160-0": ("肌酐", "Cr")}
    names |= {"2823-3": ("血钾", "K"), "718-7": ("血红蛋白", "Hb"), "18262-6": ("LDL-C", "低密度脂蛋白")}
    told = [
        mark("measurement", f"{code} {number} {unit}", f"{dice.pick(names[code])} {number} {unit}")
        for code, number, unit in case.results
    ]
    return "，".join(told) + "。" if told else ""


def _done(case: Case, dice: Dice) -> str:
    return "".join(PROCEDURES["cn"][code] for code in case.done if code in PROCEDURES["cn"])


def _assessment(case: Case, dice: Dice) -> str:
    if case.healthy:
        return dice.pick(("体检未见明显异常。", "健康体检。"))
    if case.main == LIVEBIRTH:
        return dice.pick(("足月新生儿。", "健康新生儿。"))
    if case.main is None:
        return dice.pick(("诊断待查。", "原因不明。"))
    told = condition(dice, case.main)
    if case.suspects and dice.chance(0.4):
        other = condition(dice, dice.pick(case.suspects), certain=False)
        return dice.pick((f"{told}；{other}待排。", f"{told}，{other}？", f"{told}，不除外{other}。"))
    return f"{told}。"


def _plan(case: Case, dice: Dice) -> str:
    told = ""
    if case.started:
        told = dice.pick(("予", "给予", "开具")) + _drugs(dice, case.started) + dice.pick(("治疗。", "。"))
    later = written(dice, case.end + timedelta(days=7 + int(dice.roll() * 84)))
    rest = ("不适随诊。", f"{later}复诊。", f"{later}门诊复查。", "注意休息，清淡饮食。")
    return told + dice.pick(rest)


def _contact(case: Case, dice: Dice) -> str:
    told = ""
    if case.relative is not None and dice.chance(KIN_NAMED):
        relation, given, surname, phone = case.relative
        name = mark("name", surname + given, surname + given, whose="family")
        called = mark("phone", phone, phone, whose="family")
        kin = RELATIONS[relation]
        told += dice.pick((f"联系人：{kin}{name}，电话{called}。", f"{kin}{name}陪同，知情同意。"))
    if dice.chance(CALLED):
        told += f"本人电话{mark('phone', case.phone, case.phone)}。"
    if dice.chance(PLACED):
        told += f"现住{mark('place', case.town, case.town)}。"
    return told


def _course(case: Case, dice: Dice) -> str:
    came, went = written(dice, case.begin), written(dice, case.end)
    named = _reason(case, dice)
    return dice.pick(
        (
            f"患者于{came}因{named}入院，经治疗后病情好转，于{went}出院。",
            f"因{named}于{came}收住院，完善检查，对症治疗，{went}好转出院。",
        )
    )


def _observed(case: Case, dice: Dice) -> str:
    told = dice.pick(("卧床休息", "神志清，精神可", "夜间睡眠可", "协助下床活动"))
    return f"{told}，{_denial(case, dice)}"


def _call(case: Case, dice: Dice) -> str:
    own = case.surname + case.given
    name, phone = mark("name", own, own), mark("phone", case.phone, case.phone)
    day = written(dice, case.begin)
    if case.relative is not None and (case.age < 16 * 365 or dice.chance(0.3)):
        relation, given, surname, number = case.relative
        kin = mark("name", surname + given, surname + given, whose="family")
        line = mark("phone", number, number, whose="family")
        return f"{RELATIONS[relation]}{kin}（{line}）来电，咨询{name}{day}就诊情况。"
    return dice.pick((f"电话随访{name}（{phone}），询问{day}就诊后情况。", f"{name}自{phone}来电咨询。"))


Part = tuple[str, Callable[[Case, Dice], str]]

_START: tuple[Part, ...] = (
    *(("主诉", _complaint), ("现病史", _present), ("既往史", _history)),
    *(("家族史", _family), ("用药史", _medication)),
)
_END: tuple[Part, ...] = (
    *(("查体", _examination), ("辅助检查", _results), ("操作", _done)),
    *(("诊断", _assessment), ("处理", _plan), ("备注", _contact)),
)

PARTS: dict[str, tuple[Part, ...]] = {
    "emergency": (*_START, *_END),
    "admission": (*_START, *_END),
    "discharge": (("诊疗经过", _course), _START[2], *_END[1:]),
    "clinic": (*_START[:3], _START[4], *_END),
    "nursing": (("观察", _observed), _END[0], _END[-1]),
    "telephone": (("随访", _call), ("处理", _plan)),
}
"""The parts of each kind of note, with their headings."""


def write(case: Case, kind: str, style: str, dice: Dice) -> str:
    """Writes a note, with marks; one paragraph a line. Arguments as for `note_english.write`."""
    told = [(heading, part(case, dice)) for heading, part in PARTS[kind]]
    if style == "headed":
        return "\n".join(f"{heading}：{text}" for heading, text in told if text)
    return "\n".join(text for _, text in told if text)
