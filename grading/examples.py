"""What wrong and alternative solutions of a lab are written in; both test the judge, not students."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Wrong:
    """A wrong solution that somebody with a certain misunderstanding would write.

    Attributes:
        task: Number of the task.
        name: What is wrong, in a few words.
        code: The misconception that the judge must name first.
        band: Lowest and highest share of the task's points that it may earn.
        source: Python definitions. Functions that it leaves out stay as in the reference solution.
    """

    task: str
    name: str
    code: str
    band: tuple[float, float]
    source: str

    def cell(self, reference: str) -> str:
        """Returns a whole answer cell: the reference solution, then the wrong definitions over it."""
        return f"{reference}\n\n\n{self.source}"


@dataclass(frozen=True)
class Alternative:
    """A right solution by another road, written from the task's text alone.

    Attributes:
        task: Number of the task.
        name: The road, in a few words.
        source: A whole answer cell.
    """

    task: str
    name: str
    source: str
