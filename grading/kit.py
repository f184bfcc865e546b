"""What a student receives: one zip with the notebook, a district, the program and three steps to begin."""

import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

from nbformat import read
from tqdm import tqdm

from grading.course import Course, check_version, load_course
from grading.kitfile import KitFacts, kit_facts, zip_folder
from grading.labfacts import read_facts
from grading.labtext import save_notebook
from grading.labwords import in_language
from grading.tasks import lab_folder
from grading.tracks import in_track
from grading.walkthrough import write_walkthrough
from grading.wheel import build_wheel
from sim.errors import HilabError
from sim.seeds import derive
from sim.world import make_world

README = {
    "en": """\
{title}
Term {term}. Your own district lies in the folder "district".

You need Python 3.11 or newer (https://www.python.org/downloads/; on Windows tick "Add python.exe to PATH").
Unpack this zip into a folder of your own. Open a terminal in that folder:
  Windows: in the Explorer, click into the address line, type cmd and press Enter.
  macOS:   right-click the folder, then Services, New Terminal at Folder.
  Linux:   right-click the folder, then Open in Terminal.

Step 1  Make room for the program (once)
  Windows:        py -m venv hilab-env
  macOS, Linux:   python3 -m venv hilab-env

Step 2  Install the program (once; takes some minutes and needs the internet)
  Windows:        hilab-env\\Scripts\\pip install "{wheel}[student]"
  macOS, Linux:   hilab-env/bin/pip install "{wheel}[student]"

Step 3  Open the lab (each time)
  Windows:        hilab-env\\Scripts\\hilab open .
  macOS, Linux:   hilab-env/bin/hilab open .

Your browser shows the notebook {lab}.ipynb. Save it often (Ctrl+S, on macOS Cmd+S).
To hand in: save, then type "hilab handin" in place of "hilab open ." in step 3. It checks your notebook
and writes one zip. Send that zip the way your course asks for. You may hand in as often as you like.
Something does not work? Type "hilab doctor" in the same place: it says what to repair.

All people in the district are invented. Nobody's real data is in this kit.
""",
    "zh": """\
{title}
学期 {term}。你自己的地区数据在文件夹“district”里。

需要 Python 3.11 或更新的版本（https://www.python.org/downloads/ ）。
在 Windows 上安装时请勾选“Add python.exe to PATH”。
把这个 zip 解压到你自己的一个文件夹。在该文件夹里打开终端：
  Windows：在资源管理器中点击地址栏，输入 cmd，按回车。
  macOS：  右键点击文件夹，选择“服务”，再选“新建位于文件夹位置的终端窗口”。
  Linux：  右键点击文件夹，选择“在终端中打开”。

第 1 步  为程序准备地方（只做一次）
  Windows：       py -m venv hilab-env
  macOS、Linux：  python3 -m venv hilab-env

第 2 步  安装程序（只做一次；需要几分钟和互联网）
  Windows：       hilab-env\\Scripts\\pip install "{wheel}[student]"
  macOS、Linux：  hilab-env/bin/pip install "{wheel}[student]"

第 3 步  打开实验（每次都做）
  Windows：       hilab-env\\Scripts\\hilab open .
  macOS、Linux：  hilab-env/bin/hilab open .

浏览器会显示笔记本 {lab}.ipynb。请经常保存（Ctrl+S，macOS 上是 Cmd+S）。
提交时：先保存，然后把第 3 步的“hilab open .”换成“hilab handin”。它会检查你的笔记本，并写出一个 zip。
请按课程要求的方式交这个 zip。可以提交任意多次。
出了问题？在同一个地方输入“hilab doctor”，它会告诉你该修什么。

地区里所有的人都是虚构的。这个学习包里没有任何真实的人的数据。
""",
}


def keyed_id(key: bytes, term: str, student: str) -> str:
    """Returns the 32 hexadecimal digits that stand for a student in files."""
    return derive(key, "kit", term, student).hex()


def lay_out(folder: Path, notebook: Path, wheel: Path | None, facts: KitFacts, title: str) -> None:
    """Puts a kit's files into a folder that already holds `district/`."""
    shutil.copyfile(notebook, folder / notebook.name)
    facts.write(folder)
    if wheel is not None:
        shutil.copyfile(wheel, folder / wheel.name)
        readme = README[facts.language].format(title=title, term=facts.term, lab=facts.lab, wheel=wheel.name)
        (folder / "README.txt").write_text(readme, encoding="utf-8", newline="\r\n")


def make_kit(course: Course, lab: str, student: str, wheel: Path) -> Path:
    """Writes one student's kit.

    Args:
        course: The course.
        lab: The lab; its notebook must be released.
        student: Id of the student in the roster.
        wheel: The student's wheel.

    Returns:
        `kits/<lab>/<lab>-<student>.zip` in the course folder.
    """
    ident = keyed_id(course.key, course.term, student)
    released = read(released_notebook(course.folder, lab), as_version=4)  # type: ignore[no-untyped-call]
    language, track = course.students[student].language, course.students[student].track
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "kit"
        own = in_track(in_language(released, language), track, language)
        notebook = save_notebook(own, Path(scratch) / f"{lab}.ipynb")
        world = make_world(ident, course.term, "lab", course.country)
        if begins_from_checkpoint(lab):
            world = world.with_checkpoint(lab)
        world.save(folder / "district")
        facts = kit_facts(notebook, ident, course.term, course.country, course.world_version)
        facts = replace(facts, language=language, track=track)
        lay_out(folder, notebook, wheel, facts, f"hilab, {lab}")
        return zip_folder(folder, course.folder / "kits" / lab / f"{lab}-{student}.zip")


def begins_from_checkpoint(lab: str) -> bool:
    """Returns whether `lab.yaml` says `checkpoint: true`: the kit then ships the tables the lab begins from.

    Raises:
        HilabError: `lab.yaml` cannot be read.
    """
    return bool(read_facts(lab_folder(lab)).get("checkpoint", False))


def make_walkthrough(folder: Path, lab: str) -> str:
    """Writes the walk-throughs of a lab, for a class to receive when nobody can hand in any more.

    There is one file for each language that the roster names.

    Args:
        folder: The course folder.
        lab: The lab.

    Returns:
        A sentence that says where the files lie and what students do with them.

    Raises:
        HilabError: There is no such course or lab.
    """
    course = load_course(folder)
    lab_folder(lab)
    spoken = dict.fromkeys([course.language, *(student.language for student in course.students.values())])
    paths = [write_walkthrough(lab, course.folder / "kits" / lab, language) for language in spoken]
    told = " and ".join(map(str, paths))
    return f"Wrote {told}. Give it out after the last hand-in; students put it beside their notebook."


def released_notebook(course: Path, lab: str) -> Path:
    """Returns the notebook that nbgrader released.

    Raises:
        HilabError: It has not been released.
    """
    path = course / "release" / lab / f"{lab}.ipynb"
    if not path.is_file():
        raise HilabError(f"{path}: not there; run 'nbgrader generate_assignment {lab}' in {course} first.")
    return path


def make_kits(folder: Path, lab: str, student: str | None = None) -> str:
    """Writes the kits of a class, or of one student.

    Args:
        folder: The course folder.
        lab: The lab.
        student: Id of one student of the roster; everybody's kit if None.

    Returns:
        A sentence that says where the kits lie.

    Raises:
        HilabError: The lab is not released, the student is not on the roster, or the class is bound to
            another world_version.
    """
    course = load_course(folder)
    check_version(course)
    lab_folder(lab)
    released_notebook(course.folder, lab)
    everybody = list(course.students)
    if student is not None and student not in everybody:
        raise HilabError(f"{course.folder / 'roster.csv'}: no student '{student}'.")
    if not everybody:
        raise HilabError(f"{course.folder / 'roster.csv'}: nobody is on it yet; write one student a line.")
    chosen = everybody if student is None else [student]
    with tempfile.TemporaryDirectory() as scratch:
        wheel = build_wheel(Path(scratch))
        for name in tqdm(chosen, desc="Kits", unit="kit", disable=None):
            make_kit(course, lab, name, wheel)
    return f"Wrote {len(chosen)} kit{'s' if len(chosen) > 1 else ''} into {course.folder / 'kits' / lab}."
