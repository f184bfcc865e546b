import os
import shutil
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path
from zipfile import ZipFile

import fake_java
import pytest
from typer.testing import CliRunner

from grading.cli import app
from sim import synthea
from sim.engine import load_program
from sim.errors import HilabError
from sim.records.layout import connect
from sim.synthea.options import read_properties
from sim.synthea.program import cache, find_java


@pytest.fixture
def jar(tmp_path: Path) -> Path:
    path = tmp_path / "synthea.jar"
    with ZipFile(path, "w") as archive:
        archive.writestr("App.class", b"")
        archive.writestr("version.txt", "v9.9\n")
    return path


@pytest.fixture
def java(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def install(**how: str) -> Path:
        monkeypatch.setenv("JAVA_HOME", str(tmp_path / "jdk"))
        return fake_java.install(tmp_path / "jdk", **how)

    return install


def test_a_run_leaves_tables_that_are_read_like_ours(tmp_path, jar, java):
    java()
    people = synthea.run(2, 5, out=tmp_path / "数据 out", jar=jar)
    assert "not generated yet" in repr(people) and not people.folder.exists()
    patients, encounters = people.patients.pandas(), people.encounters.pandas()
    assert patients["DEATHDATE"].isna().sum() == 2
    written = (people.folder / "csv" / "encounters.csv").read_text(encoding="utf-8").splitlines()[1]
    assert written.split(",")[1] == f"{encounters['START'][0]:%Y-%m-%dT%H:%M:%SZ}"
    assert encounters["START"].dt.tz is None and encounters["TOTAL_CLAIM_COST"].dtype == "float64"
    assert "Records: total=2" in (people.folder / "synthea.log").read_text(encoding="utf-8")
    assert not list(tmp_path.glob(".*"))


def test_what_is_there_is_not_made_again(tmp_path, jar, java):
    seen = java()
    first = synthea.write(2, 5, tmp_path / "out", jar=jar)
    seen.unlink()
    assert synthea.write(2, 5, tmp_path / "out", jar=jar) == first
    assert not seen.exists()
    with pytest.raises(HilabError, match="holds another run"):
        synthea.write(2, 6, tmp_path / "out", jar=jar)


def test_the_same_seeds_and_dates_are_always_given(tmp_path, jar, java):
    seen = java()
    asked = {"gender": "F", "ages": (20, 30), "state": "Utah", "city": "Salt Lake City", "history": 0}
    synthea.write(3, 8, tmp_path / "out", jar=jar, end_date=date(2024, 5, 6), memory="1g", **asked)
    words = seen.read_text(encoding="utf-8").splitlines()
    said = " ".join(words)
    assert words[:3] == ["-Xmx1g", "-cp", str(jar)] and words[-2:] == ["Utah", "Salt Lake City"]
    for part in ("-p 3", "-s 8", "-cs 8", "-r 20251231", "-e 20240506", "-g F", "-a 20-30"):
        assert part in said
    for part in ("csv.export=true", "fhir.export=false", "years_of_history=0", "thread_pool_size=1"):
        assert part in said


def test_further_properties_go_through():
    options = synthea.Options(1, properties={"generate.append_numbers_to_person_names": "false"})
    assert "--generate.append_numbers_to_person_names=false" in options.words(Path("out"))


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"people": 0}, "at least 1 person"),
        ({"people": 1, "gender": "X"}, "gender M or F"),
        ({"people": 1, "ages": (40, 30)}, "ages from 0 to 140"),
        ({"people": 1, "threads": 0}, "at least 1 thread"),
        ({"people": 1, "history": -1}, "years from 0 on"),
        ({"people": 1, "city": "Boston"}, "a state"),
        ({"people": 1, "formats": ("csv", "pdf")}, "formats csv, fhir or bulk"),
        ({"people": 1, "keep": Path("nowhere.json")}, "a file at nowhere.json"),
        ({"people": 1, "modules": Path("nowhere")}, "a folder of modules"),
    ],
)
def test_bad_options_get_one_sentence(asked, expected):
    with pytest.raises(HilabError, match=expected):
        synthea.Options(**asked)


def test_without_java_one_sentence_says_what_is_missing(monkeypatch, tmp_path):
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(HilabError, match=r"needs Java 17 .* install it.* The embedded engine needs none"):
        synthea.write(1, 1, tmp_path / "out")


def test_an_old_java_will_not_do(java, jar, tmp_path, monkeypatch):
    java(version="1.8.0_402")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(HilabError, match="found an older one"):
        synthea.write(1, 1, tmp_path / "out", jar=jar)


def test_without_maven_one_sentence_says_what_is_missing(java, tmp_path, monkeypatch):
    java()
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("SYNTHEA_JAR", raising=False)
    with pytest.raises(HilabError, match=r"fetched with Maven, .* --jar or SYNTHEA_JAR"):
        synthea.write(1, 1, tmp_path / "out")


@pytest.mark.parametrize("content", [b"", b"no zip", None])
def test_a_wrong_jar_is_named(java, tmp_path, content):
    java()
    path = tmp_path / "other.jar"
    if content is None:
        with ZipFile(path, "w") as archive:
            archive.writestr("Other.class", b"")
    else:
        path.write_bytes(content)
    with pytest.raises(HilabError, match=r"other\.jar: expected a jar of Synthea"):
        synthea.write(1, 1, tmp_path / "out", jar=path)


def test_a_jar_may_be_named_by_the_environment(java, jar, tmp_path, monkeypatch):
    seen = java()
    monkeypatch.setenv("SYNTHEA_JAR", str(jar))
    synthea.write(1, 1, tmp_path / "out")
    assert str(jar) in seen.read_text(encoding="utf-8")


def test_an_unknown_version_is_refused(java):
    java()
    with pytest.raises(HilabError, match=r"expected one of the versions 3\.2\.0"):
        synthea.find_program(version="1.0.0")


def test_failure_keeps_the_log_and_nothing_else(java, jar, tmp_path):
    java(before="echo 'java.lang.Exception: no such state'; exit 3")
    with pytest.raises(
        HilabError, match=r"Synthea failed \(java.lang.Exception: no such state\)\. .*out\.log"
    ):
        synthea.write(1, 1, tmp_path / "out", jar=jar)
    assert not (tmp_path / "out").exists() and not list(tmp_path.glob(".*"))
    assert "no such state" in (tmp_path / "out.log").read_text(encoding="utf-8")


def test_it_stops_in_time(java, jar, tmp_path):
    java(before="sleep 60")
    with pytest.raises(HilabError, match="stopped after 1 seconds"):
        synthea.write(1, 1, tmp_path / "out", jar=jar, timeout=1.0)
    assert not (tmp_path / "out").exists()


def test_a_folder_with_something_in_it_is_left_alone(java, jar, tmp_path):
    java()
    kept = tmp_path / "out" / "mine.txt"
    kept.parent.mkdir()
    kept.write_text("mine", encoding="utf-8")
    with pytest.raises(HilabError, match="new or empty folder"):
        synthea.write(1, 1, tmp_path / "out", jar=jar)
    assert kept.read_text(encoding="utf-8") == "mine"


def test_interrupting_leaves_no_process_and_no_folder(java, jar, tmp_path):
    java(before="echo $$ > pid; sleep 60")
    # Whoever starts us in the background may have told us to ignore interrupts.
    code = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
    code += "from sim import synthea; from pathlib import Path; "
    code += f"synthea.write(1, 1, 'out', jar=Path({str(jar)!r}))"
    process = subprocess.Popen([sys.executable, "-c", code], cwd=tmp_path, stderr=subprocess.DEVNULL)
    note = tmp_path / ".out.unfinished" / "pid"
    while not (note.exists() and note.read_text(encoding="utf-8").strip()):
        assert process.poll() is None
        time.sleep(0.05)
    child = int(note.read_text(encoding="utf-8"))
    process.send_signal(signal.SIGINT)
    process.wait(30)
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)
    assert not (tmp_path / ".out.unfinished").exists() and not (tmp_path / "out").exists()


def test_the_command_says_what_was_written(java, jar, tmp_path, monkeypatch):
    seen = java()
    monkeypatch.chdir(tmp_path)
    command = ["synthea", "2", "--seed", "5", "--out", "S", "--jar", str(jar), "--history", "1", "--fhir"]
    done = CliRunner().invoke(app, [*command, "--property", "a.b=c=d", "--state", "Utah", "--memory", "1g"])
    assert done.exit_code == 0 and "Wrote S: " in done.output and "patients 2" in done.output
    words = seen.read_text(encoding="utf-8").splitlines()
    assert "--a.b=c=d" in words and "--exporter.fhir.export=true" in words
    assert words[-1] == "Utah" and words[0] == "-Xmx1g"


@pytest.mark.parametrize("word", ["nothing", "=1"])
def test_a_property_is_a_key_and_a_value(word):
    with pytest.raises(HilabError, match="key=value"):
        read_properties([word])


def test_the_real_synthea_twice(tmp_path, capsys):
    """The real program, where `make system` obtained Java and Maven."""
    try:
        find_java()
        there = (cache() / synthea.VERSION).is_dir() or shutil.which("mvn") is not None
    except HilabError:
        there = False
    if not there:
        with capsys.disabled():
            print("\nNOT SHOWN: real Synthea (needs Java 17, and Maven or a jar)")
        return
    one, two = (tmp_path / name for name in ("one", "two"))
    for folder in (one, two):
        synthea.write(3, 1, folder, history=1, ages=(20, 40))
    for table in sorted((one / "csv").glob("*.csv")):
        assert table.read_bytes() == (two / "csv" / table.name).read_bytes(), table.name
    with connect(one) as database:
        assert database.execute("SELECT count(*) FROM patients WHERE DEATHDATE IS NULL").fetchone() == (3,)
    jar = cache() / synthea.VERSION / f"synthea-{synthea.VERSION}.jar"
    assert jar.is_file() and len(load_program(jar).states) > 1000
