"""What explorations and models say in Chinese: all of it, with the same places to fill in."""

import ast
import json
import re
from importlib import import_module
from pathlib import Path
from string import Formatter

import pytest

from sim import words
from sim.errors import HilabError
from sim.explore import EXPLORATIONS, explore_run
from sim.explore.panel import Panel
from sim.policy.plans import Plan
from sim.words import ROOMS, said, spoken_here, translations

CHINESE = re.compile(r"[\u3400-\u9fff\uff00-\uffef]")
SOURCES = [path for room in ROOMS for path in (Path(words.__file__).parent / room).glob("*.py")]
NAMES = re.compile(
    r"Lindenmoor|FTR2017_ECRI|MCDONALD2022|BOURGEOIS2010|JUST2016|app_readings|(?<![a-z])[a-z]+_?[a-z]+\(\)"
)


def in_code() -> set[str]:
    """The texts that the code hands to `said`, by themselves or in a variable."""
    nodes = [node for path in SOURCES for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))]
    calls = [node for node in nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
    handed = [call.args[0] for call in calls if call.func.id == "said"]  # type: ignore[attr-defined]
    names = {each.id for each in handed if isinstance(each, ast.Name)}
    values = [
        node.value
        for node in nodes
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
        if node.targets[0].id in names
    ]
    return {each.value for each in (*handed, *values) if isinstance(each, ast.Constant)}


def constants() -> set[str]:
    """All texts of the code, among them those that reach `said` in a variable."""
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in SOURCES]
    nodes = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    return {node.value for node in nodes if isinstance(node.value, str)}


def of_explorations() -> set[str]:
    found: set[str] = set()
    for name in EXPLORATIONS.values():
        what = import_module(name).EXPLORATION
        ask = what.prediction
        found |= {what.title, what.introduction, ask.question, *ask.answers, ask.afterwards}
        found |= {label for lever in what.levers for label in (lever.label, *(w for w, _ in lever.choices))}
        found |= {text for each in what.assumptions for text in (each.meaning, each.unit, each.source)}
    return found


def test_every_text_has_its_chinese() -> None:
    known = translations("zh")
    assert not sorted((in_code() | of_explorations()) - set(known)), "a zh.yaml lacks these texts"
    assert not sorted(set(known) - constants() - of_explorations()), "no code says these texts any more"
    assert all(CHINESE.search(chinese) or english == "; " for english, chinese in known.items())


def test_both_languages_have_the_same_places_and_numbers() -> None:
    for english, chinese in translations("zh").items():
        places = [sorted((p[1], p[2]) for p in Formatter().parse(t) if p[1]) for t in (english, chinese)]
        assert places[0] == places[1], english
        bare = [re.sub(r"\{[^{}]*\}", "", text) for text in (english, chinese)]
        lost = set(re.findall(r"\d[\d,.]*\d|\d", bare[0])) - set(re.findall(r"\d[\d,.]*\d|\d", bare[1]))
        assert not lost, english


def texts_of(widget: object) -> list[str]:
    """What a person reads on a widget and on all in it."""
    found = [str(getattr(widget, "description", "")), str(getattr(widget, "value", ""))]
    found = [text for text in found if text not in ("True", "False", "None")]  # a box, and no choice yet
    found += [str(o[0] if isinstance(o, tuple) else o) for o in getattr(widget, "options", None) or ()]
    found += [str(title) for title in getattr(widget, "titles", None) or ()]
    if hasattr(widget, "to_plotly_json"):
        return drawn(widget)
    return found + [text for child in getattr(widget, "children", ()) for text in texts_of(child)]


def drawn(figure: object) -> list[str]:
    """What a person reads in a figure."""
    layout = json.loads(figure.to_json())["layout"]  # type: ignore[attr-defined]
    axes = [layout[name].get("title", {}).get("text", "") for name in layout if re.match("[xy]axis", name)]
    ticks = [t for name in layout if name.startswith("xaxis") for t in layout[name].get("ticktext", ())]
    notes = [note["text"] for note in layout.get("annotations", ())]
    shown = [trace.name for trace in figure.data if trace.name]  # type: ignore[attr-defined]
    return [layout["title"]["text"], *axes, *ticks, *notes, *shown]


def english_left(texts: list[str]) -> list[str]:
    bare = [NAMES.sub(" ", re.sub("<[^>]*>", " ", text)) for text in texts]
    return [
        text for text in bare if re.search(r"[A-Za-z]{2,}", text.replace("HbA1c", "").replace("NGSP", ""))
    ]


@pytest.fixture
def chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HILAB_LANGUAGE", "zh")


@pytest.mark.usefixtures("chinese")
@pytest.mark.parametrize("lab", EXPLORATIONS)
def test_a_chinese_panel_shows_no_english(lab: str) -> None:
    panel = Panel(import_module(EXPLORATIONS[lab]).EXPLORATION, {}, Path("no such district"))
    assert not english_left(texts_of(panel.widget))
    _, answers, keep, _ = panel.widget.children[1].children
    keep.click()
    assert not english_left(texts_of(panel.widget)), "before an answer is chosen"
    answers.value = answers.options[0]
    keep.click()
    pin_a, pin_b, own, back = panel.widget.children[5].children
    for button in (pin_a, own, pin_b, back):
        button.click()
        lever = next(each for each in panel.levers.values() if isinstance(each.value, float))
        lever.value = getattr(lever, "min", lever.value)
        assert not english_left(texts_of(panel.widget)), button.description
    assert "B 减 A" in panel.difference.value and "（" in panel.difference.value


@pytest.mark.usefixtures("chinese")
@pytest.mark.parametrize("lab", EXPLORATIONS)
def test_a_plain_cell_speaks_chinese_too(lab: str, capsys: pytest.CaptureFixture[str]) -> None:
    explore_run(lab)
    assert not english_left(capsys.readouterr().out.splitlines())


def test_no_model_refuses_in_english_alone() -> None:
    nodes = [node for path in SOURCES for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))]
    calls = [node for node in nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
    raised = [ast.unparse(call.args[0]) for call in calls if call.func.id == "HilabError"]  # type: ignore[attr-defined]
    assert len(raised) > 25
    assert [each for each in raised if not each.startswith("said(")] == []


@pytest.mark.usefixtures("chinese")
def test_a_model_refuses_in_chinese() -> None:
    with pytest.raises(HilabError, match="“identifiers”的个数必须是 0 到 3 之间的整数。"):
        Plan(4, 0, False, 1.0)
    with pytest.raises(HilabError, match="这里没有“speed”；有的是 "):
        explore_run("l1_collection", speed=1.0)


def test_the_kit_decides_the_language(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HILAB_LANGUAGE", raising=False)
    monkeypatch.chdir(tmp_path)
    assert spoken_here() == "en" and said("Predict first.") == "Predict first."
    for number, (content, language) in enumerate(
        (('{"language": "zh"}', "zh"), ("{", "en"), ('{"language": "../x"}', "../x"))
    ):
        (tmp_path / str(number)).mkdir()
        (tmp_path / str(number) / "kit.json").write_text(content, encoding="utf-8")
        monkeypatch.chdir(tmp_path / str(number))
        assert spoken_here() == language
        assert said("Predict first.") == ("先预测。" if language == "zh" else "Predict first.")
