"""What messages say reaches the tables."""

from sim.exchange.hl7 import latest, read_movements, read_results

HEAD = "MSH|^~\\&|LAB|H1|HIS|H1|{at}||ORU^R01^ORU_R01|{n}|P|2.5.1\rPID|1||H7^^^H1^MR||Lee^Ann||19800102|F\r"
BODY = (
    "OBR|1||{tube}|P^Panel^L|||20250101080000|||||||||||||||{at}|||F\r"
    "OBX|1|{kind}|GLU^Glucose^L||{value}|mg/dL|||||{status}\r"
)


def oru(n, tube, value, status, at, kind="NM"):
    return (HEAD + BODY).format(n=n, tube=tube, value=value, status=status, at=at, kind=kind)


def test_corrections_cancellations_repeats_and_resends():
    first = oru(1, "S1", 90, "F", "20250101100000")
    text = (
        first
        + oru(2, "S1", 95, "C", "20250101110000")
        + first
        + oru(3, "S2", 99, "F", "20250101120000")
        + oru(4, "S3", "", "X", "20250101130000")
        + oru(5, "S4", "a\\F\\b~c", "F", "20250101130000", "ST")
    )
    results = read_results(text)
    assert results["status"].tolist() == ["F", "C", "F", "F", "X", "F"]
    assert results["value"].iloc[-1] == "a|b\nc" and results["value"].isna().sum() == 1
    assert results.loc[0, ["mrn", "name_1", "name_2", "unit"]].tolist() == ["H7", "Lee", "Ann", "mg/dL"]
    assert latest(results)[["specimen_id", "value"]].to_numpy().tolist() == [
        ["S1", "95"],
        ["S2", "99"],
        ["S4", "a|b\nc"],
    ]


ADT = "MSH|^~\\&|HIS|H1|X|H1|20250101||ADT^{}|1|P|2.5.1\rEVN||20250101\rPID|1||H7^^^H1^MR||Lee^Ann|||F\r"


def test_a_merge_names_both_numbers():
    moves = read_movements(ADT.format("A40^ADT_A39") + "MRG|H9^^^H1^MR\r" + "MSH|x\r")
    assert len(moves) == 1
    assert moves.loc[0, ["event", "mrn", "prior_mrn"]].tolist() == ["A40", "H7", "H9"]


def test_a_stay_is_read_with_its_times_and_diagnosis():
    visit = "PV1|1|I|Medicine A" + "|" * 16 + "E1" + "|" * 25 + "20250101|20250103\r"
    stay = ADT.format("A03^ADT_A03") + visit + "DG1|1||I10^Pressure^L|||F\r"
    row = read_movements(stay).loc[0]
    assert row["visit_id"] == "E1" and row["admitted_at"] == "20250101" and row["discharged_at"] == "20250103"
    assert row["dx_code"] == "I10" and row["ward"] == "Medicine A" and row["class"] == "I"


def test_an_empty_file_has_no_rows():
    assert read_results(b"").empty and read_movements("").empty
