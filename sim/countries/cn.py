"""Qingyue Bay District: like China, and nowhere in it.

Chinese mobile numbers begin with 13 to 19; ours begin with 111. Chinese resident identity numbers begin with
a region code from 11 to 82 and end in a check character; ours begin with 99 and end in a wrong one, and hold
no date of birth. The two public schemes take over what the clean records say of five payers (assumed):
employees and retired employees are in one, all others in the other.
"""

from sim.countries.country import Country

COUNTRY = Country(
    code="cn",
    county="晴月湾区",
    state="云汀省",
    language="zh",
    encoding="gb18030",
    facilities={
        "H1": "晴月湾区人民医院",
        "H2": "晴月湾区第二人民医院",
        "H3": "芦汀镇医院",
        "C1": "枕溪社区卫生服务中心",
        "C2": "鹭屿乡卫生院",
        "R1": "晴月湾区疾病预防控制中心",
    },
    seats=("Q01001", "Q11001", "Q23001", "Q02001", "Q32001", "Q01002"),
    payers={
        "Senior Programme": "职工医保",
        "Low-Income Programme": "居民医保",
        "Larkfield Mutual": "职工医保",
        "Brightwell Health Plan": "居民医保",
        "Self-pay": "自费",
    },
    zones=("Q0", "Q1", "Q2", "Q3"),
    phone=r"111\d{8}",
    identifier=r"990000\d{11}[\dX]",
    no_identifier="999999999999999999",
    blank_names=("无", "未"),
)
"""The surnames 无 ("none") and 未 ("not yet") are rare but borne; 无 also stands for a blank on many forms,
and 未知 and 未查 begin with the other."""
