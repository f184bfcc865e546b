"""What notes call complaints and procedures, by country and SNOMED CT code."""

from collections.abc import Mapping
from functools import cache

from sim.systems.wording import Wording, conditions

SYMPTOMS: dict[str, dict[str, Wording]] = {
    "us": {
        "29857009": Wording("chest pain", "pain in the chest", "CP"),
        "267036007": Wording("shortness of breath", "trouble breathing", "SOB"),
        "386661006": Wording("fever", "feeling hot"),
        "49727002": Wording("cough", "coughing"),
        "162397003": Wording("sore throat", "throat pain"),
        "25064002": Wording("headache", "pain in the head", "HA"),
        "404640003": Wording("dizziness", "lightheadedness"),
        "271594007": Wording("syncope", "fainting"),
        "44077006": Wording("numbness", "tingling"),
        "84229001": Wording("fatigue", "feeling tired"),
        "21522001": Wording("abdominal pain", "belly pain", "abd pain"),
        "249497008": Wording("vomiting", "throwing up"),
        "422587007": Wording("nausea", "upset stomach"),
        "62315008": Wording("diarrhea", "loose stools"),
        "57676002": Wording("joint pain", "aching joints"),
        "271807003": Wording("rash", "itchy skin"),
        "49650001": Wording("dysuria", "burning on urination"),
        "80313002": Wording("palpitations", "racing heart"),
        "17173007": Wording("thirst", "drinking a lot"),
        "89362005": Wording("weight loss", "losing weight"),
    },
    "cn": {
        "29857009": Wording("胸痛", "胸口疼痛"),
        "267036007": Wording("呼吸困难", "气促"),
        "386661006": Wording("发热", "发烧"),
        "49727002": Wording("咳嗽", "咳嗽咳痰"),
        "162397003": Wording("咽痛", "咽喉疼痛"),
        "25064002": Wording("头痛", "头部胀痛"),
        "404640003": Wording("头晕", "头昏"),
        "271594007": Wording("晕厥", "一过性意识丧失"),
        "44077006": Wording("肢体麻木", "手足麻木"),
        "84229001": Wording("乏力", "疲乏无力"),
        "21522001": Wording("腹痛", "腹部疼痛"),
        "249497008": Wording("呕吐", "呕吐胃内容物"),
        "422587007": Wording("恶心", "恶心不适"),
        "62315008": Wording("腹泻", "大便次数增多"),
        "57676002": Wording("关节痛", "关节疼痛"),
        "271807003": Wording("皮疹", "皮肤瘙痒伴皮疹"),
        "49650001": Wording("尿痛", "排尿灼痛"),
        "80313002": Wording("心悸", "心慌"),
        "17173007": Wording("口干多饮", "口渴"),
        "89362005": Wording("体重下降", "消瘦"),
    },
}
"""What patients complain of."""

PROCEDURES: dict[str, dict[str, str]] = {
    "us": {
        "29303009": "ECG done, reviewed.",
        "91251008": "Physical therapy started.",
        "430701006": "IV fluids given.",
        "73761001": "Colonoscopy performed without complication.",
        "288086009": "Wound closed with sutures.",
        "117010004": "Urine culture sent.",
        "117015009": "Throat culture sent.",
        "265764009": "Dialysis as scheduled.",
        "433236007": "Echocardiogram done.",
        "399208008": "Chest X-ray done.",
        "303653007": "CT head done.",
        "274474001": "Splint applied.",
        "80146002": "Appendectomy, uneventful.",
        "11466000": "Cesarean section, mother and child well.",
    },
    "cn": {
        "29303009": "行心电图检查。",
        "91251008": "予康复理疗。",
        "430701006": "予静脉补液。",
        "73761001": "行结肠镜检查，过程顺利。",
        "288086009": "清创缝合。",
        "117010004": "送尿培养。",
        "117015009": "送咽拭子培养。",
        "265764009": "按期行血液透析。",
        "433236007": "行超声心动图检查。",
        "399208008": "行胸部X线检查。",
        "303653007": "行头颅CT检查。",
        "274474001": "予夹板固定。",
        "80146002": "行阑尾切除术，术程顺利。",
        "11466000": "行剖宫产术，母子平安。",
    },
}
"""What was done, as a sentence; the rest goes without saying."""


@cache
def terms(country: str) -> Mapping[str, Wording]:
    """Returns the wording of conditions and complaints by SNOMED CT code.

    Example:
        >>> terms("us")["29857009"].short, terms("us")["59621000"].short
        ('CP', 'HTN')
    """
    return {**conditions(country), **SYMPTOMS[country]}
