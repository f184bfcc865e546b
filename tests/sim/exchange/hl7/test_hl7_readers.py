"""What messages say reaches the tables."""

from sim.exchange.hl7 import latest, read_movements, read_patients, read_results, standing

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


def adt(event, at, end="", visit="E1", ward="Medicine", code=""):
    diagnosis = f"DG1|1||{code}^x^I10|||F\r" if code else ""
    visit = f"PV1|1|I|{ward}" + "|" * 16 + visit + "|" * 25 + f"20250101|{end}\r"
    head = ADT.format(f"{event}^ADT_A01").replace("|20250101||ADT", f"|{at}||ADT")
    return head + visit + diagnosis


def test_visits_stand_as_the_last_messages_tell():
    told = (
        adt("A01", "202501010800")
        + adt("A08", "202501010900", ward="", code="I10")
        + adt("A01", "202501020800", visit="E2")
        + adt("A03", "202501030800", end="20250103")
        + adt("A13", "202501030900")
        + adt("A11", "202501020900", visit="E2")
        + adt("A01", "202501040800", visit="E3", ward='""')
        + adt("A03", "202501040900", visit="E3", ward="", end="20250104")
        + adt("A01", "202501050800", visit="E4")
        + adt("A11", "202501050900", visit="E4")
        + adt("A04", "202501051000", visit="E4", ward="Emergency")
    )
    visits = standing(read_movements(told)).set_index("visit_id")
    assert visits.index.tolist() == ["E1", "E3", "E4"]
    assert visits["ward"].fillna("-").tolist() == ["Medicine", "-", "Emergency"]
    assert visits["discharged_at"].fillna("-").tolist() == ["-", "20250104", "-"]
    assert visits["dx_code"].fillna("-").tolist() == ["I10", "-", "-"]
    later = told + adt("A03", "202501031000", end="20250103")
    assert standing(read_movements(later)).set_index("visit_id").loc["E1", "discharged_at"] == "20250103"
    assert standing(read_movements("")).empty


def test_patients_are_known_as_the_last_message_tells():
    home = "|||1 Oak St^^^^12345||555\r"
    first, last = (
        ADT.format("A01^ADT_A01"),
        ADT.format("A08^ADT_A01").replace("Lee^Ann|||F\r", f"Ray^Ann|||F{home}"),
    )
    visit = "PV1|1|I\r"
    people = read_patients(first + visit + last + visit)
    shown = people.loc[0, ["mrn", "name_1", "name_2", "sex", "address", "area", "phone"]].tolist()
    assert shown == ["H7", "Ray", "Ann", "F", "1 Oak St", "12345", "555"]
    assert len(people) == 1


def test_notes_and_structured_numbers_are_read():
    body = BODY.format(tube="S1", kind="SN", value="<^0.1", status="F", at="20250101")
    head = HEAD.format(n=1, at="20250101")
    text = (
        head + body.replace("OBX|", "NTE|1||about the order\rOBX|") + "NTE|1||one\rNTE|2||two \\T\\ three\r"
    )
    row = read_results(text).loc[0]
    assert (row["value"], row["comment"]) == ("<0.1", "one\ntwo & three")


def test_an_empty_file_has_no_rows():
    assert read_results(b"").empty and read_movements("").empty
