"""What the nurses of the two clinics write as reason for a visit, by country and diagnosis code.

The first wording whose key the code begins with is taken; those under "" serve for every other code.
"""

from collections.abc import Mapping

Words = Mapping[str, tuple[str, ...]]

COMPLAINTS: Mapping[str, Words] = {
    "us": {
        "J06": ("cough and runny nose, 3 days", "sore throat, can’t swallow well", "cold, fever last night"),
        "J45": ("wheezing at night", "asthma check, needs inhaler", "short of breath when running"),
        "E11": ("sugar check", "diabetes review, feet ok", "thirsty again, doesn’t take tablets daily"),
        "I10": ("blood pressure check", "pressure tablets, refill", "headache, worried about pressure"),
        "O24": ("pregnant, sugar high",),
        "Z00": ("check-up", "yearly check, nothing new", "wants a check, feels fine"),
        "S": ("fell, ankle swollen", "cut on the hand", "back pain since a fall"),
        "": ("not well", "see doctor’s note", "follow-up"),
    },
    "cn": {
        "J06": ("咳嗽流涕3天", "咽痛，吞咽不适", "感冒，昨晚发热"),
        "J45": ("夜间喘息", "哮喘复查，需开吸入剂", "跑步时气短"),
        "E11": ("测血糖", "糖尿病随访，足部无异常", "又口渴，药没有每天吃"),
        "I10": ("测血压", "开降压药", "头痛，担心血压高"),
        "O24": ("孕期血糖高",),
        "Z00": ("体检", "年度体检，无不适", "要求体检，自觉良好"),
        "S": ("摔倒，踝部肿胀", "手部割伤", "摔倒后腰痛"),
        "": ("身体不适", "见医生记录", "复诊"),
    },
}
"""The first clinic: the patient's words, in short."""

DIAGNOSES: Mapping[str, Words] = {
    "us": {
        "J06": ("URI", "viral cold – supportive care", "upper resp. infection"),
        "J45": ("asthma", "asthma, stable", "reactive airways"),
        "E11": ("T2DM", "type 2 diabetes – review", "diabetes mellitus II"),
        "I10": ("HTN", "essential hypertension", "raised BP – follow-up"),
        "O24": ("gest. diabetes",),
        "Z00": ("well visit", "routine exam – no findings", "health maintenance"),
        "S": ("minor injury", "sprain/strain", "laceration – dressed"),
        "": ("other", "see chart", "unspecified – review in 2 wks"),
    },
    "cn": {
        "J06": ("上感", "上呼吸道感染", "感冒"),
        "J45": ("哮喘", "支气管哮喘，稳定期", "喘息待查"),
        "E11": ("2型糖尿病", "糖尿病随访", "T2DM"),
        "I10": ("高血压", "原发性高血压", "血压偏高待复查"),
        "O24": ("妊娠期糖尿病",),
        "Z00": ("健康体检", "常规体检，未见异常", "保健"),
        "S": ("轻微外伤", "软组织挫伤", "割裂伤，已包扎"),
        "": ("其他", "详见病历", "待查，2周后复诊"),
    },
}
"""The second clinic: what it was, in the nurse's shorthand."""
