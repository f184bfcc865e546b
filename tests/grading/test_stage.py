"""What answers find in the sandbox: the models that tasks name, nothing that would solve a task."""

import os
import subprocess
import sys

from grading.stage import stage


def test_staged_wheel_holds_models_and_no_solution(tmp_path) -> None:
    folder = stage(tmp_path)
    ask = (
        "import importlib.util as u, sim.policy.plans as p; from grading import runner; "
        "print(p.judge(p.Plan())['seconds'] > 0, u.find_spec('sim.exchange'), u.find_spec('sim.systems'))"
    )
    command = [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(folder)!r}); {ask}"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", check=True)
    assert done.stdout.strip() == "True None None", done.stdout


def test_a_model_refuses_where_answers_are_marked(tmp_path) -> None:
    ask = (
        f"import sys; sys.path.insert(0, {str(stage(tmp_path))!r})\n"
        "import sim.policy.plans as p, sim.errors as e\n"
        "try: p.Plan(99)\nexcept e.HilabError as error: print(ascii(str(error)))"
    )
    for language, word in (("en", "must be whole"), ("zh", ascii("必须是")[1:-1])):
        environment = {**os.environ, "HILAB_LANGUAGE": language}
        done = subprocess.run(
            [sys.executable, "-I", "-c", ask], env=environment, capture_output=True, text=True, check=True
        )
        assert word in done.stdout


def test_same_wheel_is_unpacked_once(tmp_path) -> None:
    first = stage(tmp_path)
    stamp = first.stat().st_mtime_ns
    assert stage(tmp_path) == first and first.stat().st_mtime_ns == stamp
