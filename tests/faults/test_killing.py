"""A short run of `make test-faults`."""

from tests.classroom import LAB
from tests.faults.killing import run


def test_kill_9_loses_no_mark_and_doubles_none(classroom, tmp_path):
    found, group = run(classroom, tmp_path, handins=4, kills=2, seed=7)
    assert len(found) == 2 and all(kill.fine for kill in found), found
    assert any(kill.marked > 0 for kill in found)
    # and a mark that is lost, doubled or wrong would be seen
    (group.course.store / "entered" / LAB / "s000").unlink()
    assert group.look(0.0, {"s000", "s001"}).lost == 1
    group.expected["s001"] = 3.0
    assert group.look(0.0, {"s001"}).wrong == 1
