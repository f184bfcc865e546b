"""What is imaged, and why: shares of visits by diagnosis, and the views that an examination takes."""

from dataclasses import dataclass

CR, CT = "CR", "CT"


@dataclass(frozen=True)
class Examination:
    """An examination that the departments offer.

    Attributes:
        modality: "CR" (X-ray) or "CT".
        body_part: In DICOM's words.
        views: One word for each image: the view of an X-ray, or the number of a slice.
        names: What it is called, by country.
        findings: What it may show, by country.
    """

    modality: str
    body_part: str
    views: tuple[str, ...]
    names: dict[str, str]
    findings: dict[str, str]


_SLICES = ("1", "2", "3")

EXAMINATIONS = {
    "chest": Examination(
        CR,
        "CHEST",
        ("PA", "LL"),
        {"us": "Chest, two views", "cn": "胸部正侧位"},
        {"us": "Opacity in the lung.", "cn": "肺内见片状密度增高影。"},
    ),
    "knee": Examination(
        CR,
        "KNEE",
        ("AP",),
        {"us": "Knee, one view", "cn": "膝关节正位"},
        {"us": "Lesion of the bone.", "cn": "骨质异常。"},
    ),
    "ankle": Examination(
        CR,
        "ANKLE",
        ("AP",),
        {"us": "Ankle, one view", "cn": "踝关节正位"},
        {"us": "Fracture.", "cn": "骨折。"},
    ),
    "arm": Examination(
        CR,
        "ARM",
        ("AP",),
        {"us": "Arm, one view", "cn": "上肢正位"},
        {"us": "Fracture.", "cn": "骨折。"},
    ),
    "spine": Examination(
        CR,
        "LSPINE",
        ("AP",),
        {"us": "Lumbar spine, one view", "cn": "腰椎正位"},
        {"us": "Lesion of a vertebra.", "cn": "椎体异常。"},
    ),
    "head": Examination(
        CT,
        "HEAD",
        _SLICES,
        {"us": "Head without contrast", "cn": "颅脑平扫"},
        {"us": "Focal lesion of the brain.", "cn": "脑内局灶性异常。"},
    ),
    "abdomen": Examination(
        CT,
        "ABDOMEN",
        _SLICES,
        {"us": "Abdomen without contrast", "cn": "腹部平扫"},
        {"us": "Focal lesion.", "cn": "局灶性异常。"},
    ),
}

NO_FINDING = {"us": "No acute finding.", "cn": "未见明显异常。"}

ORDERS: dict[str, tuple[str, float, float]] = {
    "54150009": ("chest", 0.08, 0.05),
    "233604007": ("chest", 0.95, 0.9),
    "10509002": ("chest", 0.35, 0.08),
    "49727002": ("chest", 0.4, 0.1),
    "267036007": ("chest", 0.6, 0.3),
    "29857009": ("chest", 0.5, 0.1),
    "13645005": ("chest", 0.3, 0.3),
    "84114007": ("chest", 0.5, 0.6),
    "254637007": ("chest", 0.7, 0.95),
    "65710008": ("chest", 0.9, 0.7),
    "386661006": ("chest", 0.25, 0.15),
    "33737001": ("chest", 0.9, 0.8),
    "25064002": ("head", 0.15, 0.03),
    "404640003": ("head", 0.12, 0.03),
    "230690007": ("head", 0.4, 0.7),
    "62106007": ("head", 0.6, 0.1),
    "271594007": ("head", 0.35, 0.05),
    "21522001": ("abdomen", 0.15, 0.15),
    "95570007": ("abdomen", 0.7, 0.9),
    "74400008": ("abdomen", 0.8, 0.9),
    "307496006": ("abdomen", 0.5, 0.8),
    "81060008": ("abdomen", 0.7, 0.9),
    "44465007": ("ankle", 0.5, 0.05),
    "16114001": ("ankle", 0.95, 0.95),
    "125601008": ("knee", 0.4, 0.05),
    "30989003": ("knee", 0.25, 0.1),
    "239873007": ("knee", 0.4, 0.6),
    "65966004": ("arm", 0.95, 0.95),
    "70704007": ("arm", 0.5, 0.05),
    "279039007": ("spine", 0.1, 0.1),
    "384709000": ("spine", 0.05, 0.03),
    "76107001": ("spine", 0.5, 0.8),
}
"""By diagnosis (SNOMED CT): what is done, at which share of visits, and how often something is found (all
assumed)."""
