"""Arguments that are drawn anew for every answer, and are the same for equal answers.

A number copied from a neighbour, or from the feedback of an earlier try, then earns nothing, and still equal
code earns equal marks: the draw depends on the course's key and on the answer's text, on nobody's name.
"""

from dataclasses import replace

from grading.kitfile import text_hash
from grading.tasks import Case, Task
from sim.seeds import PUBLIC_KEY, Seeds

MOST = 200
"""Most cases that are drawn for a question."""


def drawn(task: Task, answer: str, key: bytes = PUBLIC_KEY) -> list[Case]:
    """Returns the cases that are drawn for an answer.

    Args:
        task: The question.
        answer: Source of the answer cell; blanks at the ends of lines do not matter.
        key: The course's key; the public one where nothing is marked.

    Returns:
        Cases of the kind `property`; none if the question draws none.

    Raises:
        ValueError: The question draws more than `MOST`.
    """
    if task.properties is None:
        return []
    cases = task.properties(Seeds(key, "properties", task.id, text_hash(answer)).stream("arguments"))
    if len(cases) > MOST:
        raise ValueError(f"Task {task.id} draws {len(cases)} cases; at most {MOST} fit into a message.")
    return [replace(case, kind="property") for case in cases]
