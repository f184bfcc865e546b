"""What one can ask of Synthea, as named arguments instead of letters."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from sim.errors import HilabError


@dataclass(frozen=True, slots=True)
class Options:
    """Options of a run; every option that Synthea documents has a name here.

    Attributes:
        people: People alive at the end (-p).
        seed: Seed of the population (-s).
        clinician_seed: Seed of the clinicians (-cs); the population's by default.
        single_person_seed: Seed that draws one person (-ps).
        reference_date: The day from which ages are counted back (-r).
        end_date: The day on which history ends (-e).
        gender: Only "M" or "F" (-g).
        ages: Youngest and oldest age, in years (-a).
        overflow: Whether those who died are written as well as the living asked for (-o).
        config: A file of Synthea's properties (-c).
        modules: A folder of further modules (-d).
        initial_snapshot: A population to go on with (-i).
        updated_snapshot: Where to leave the population for another day (-u).
        update_days: How many days to go on for (-t).
        fixed_records: A file of fixed demographic records (-f).
        keep: A module file; only people who end in its state "Keep" are written (-k).
        state: State of the United States; Massachusetts by default.
        city: City in the state.
        history: Years of history to write; 0 for all of it.
        threads: Processor cores. With more than one, rows and sums come in another order each time.
        formats: What to write beside CSV, which is always written: "fhir" (one bundle a patient) or "bulk"
            (FHIR bulk data).
        properties: Any further properties of Synthea, passed on as they are.
    """

    people: int
    seed: int = 1
    clinician_seed: int | None = None
    single_person_seed: int | None = None
    reference_date: date = date(2025, 12, 31)
    end_date: date = date(2025, 12, 31)
    gender: str | None = None
    ages: tuple[int, int] | None = None
    overflow: bool | None = None
    config: Path | None = None
    modules: Path | None = None
    initial_snapshot: Path | None = None
    updated_snapshot: Path | None = None
    update_days: int | None = None
    fixed_records: Path | None = None
    keep: Path | None = None
    state: str | None = None
    city: str | None = None
    history: int = 10
    threads: int = 1
    formats: tuple[str, ...] = ()
    properties: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuses what Synthea would misunderstand."""
        for good, sentence in self._demands():
            if not good:
                raise HilabError(f"Synthea: expected {sentence}.")

    def _demands(self) -> list[tuple[bool, str]]:
        low, high = self.ages or (0, 140)
        files = (self.config, self.initial_snapshot, self.fixed_records, self.keep)
        absent = [str(file) for file in files if file is not None and not file.is_file()]
        return [
            (self.people >= 1, f"at least 1 person, found {self.people}"),
            (self.gender in (None, "M", "F"), f"the gender M or F, found {self.gender!r}"),
            (0 <= low <= high <= 140, f"ages from 0 to 140, the lower first, found {low} to {high}"),
            (self.threads >= 1, f"at least 1 thread, found {self.threads}"),
            (self.history >= 0, f"a number of years from 0 on, found {self.history}"),
            (self.city is None or self.state is not None, "a state when a city is named"),
            (set(self.formats) <= {"csv", "fhir", "bulk"}, "the formats csv, fhir or bulk"),
            (not absent, f"a file at {', '.join(absent)}"),
            (self.modules is None or self.modules.is_dir(), f"a folder of modules at {self.modules}"),
        ]

    def words(self, folder: Path) -> list[str]:
        """Returns Synthea's command line options.

        Args:
            folder: Where Synthea writes.

        Example:
            >>> Options(5, gender="F", ages=(18, 40)).words(Path("out"))[:4]
            ['-p', '5', '-s', '1']
        """
        clinicians = self.seed if self.clinician_seed is None else self.clinician_seed
        ages = "-".join(map(str, self.ages)) if self.ages else None
        letters = {
            "-p": self.people,
            "-s": self.seed,
            "-cs": clinicians,
            "-ps": self.single_person_seed,
            "-r": f"{self.reference_date:%Y%m%d}",
            "-e": f"{self.end_date:%Y%m%d}",
            "-g": self.gender,
            "-a": ages,
            "-o": None if self.overflow is None else str(self.overflow).lower(),
            "-c": self.config,
            "-d": self.modules,
            "-i": self.initial_snapshot,
            "-u": self.updated_snapshot,
            "-t": self.update_days,
            "-f": self.fixed_records,
            "-k": self.keep,
        }
        words = [word for key, value in letters.items() if value is not None for word in (key, str(value))]
        words += [f"--{key}={value}" for key, value in self._settings(folder).items()]
        return words + [word for word in (self.state, self.city) if word is not None]

    def _settings(self, folder: Path) -> dict[str, str]:
        settings = {
            "exporter.baseDirectory": str(folder),
            "exporter.csv.export": "true",
            "exporter.fhir.export": str("fhir" in self.formats or "bulk" in self.formats).lower(),
            "exporter.fhir.bulk_data": str("bulk" in self.formats).lower(),
            "exporter.years_of_history": str(self.history),
            "generate.thread_pool_size": str(self.threads),
        }
        return settings | dict(self.properties)


def read_properties(words: Iterable[str]) -> dict[str, str]:
    """Reads properties as they are written on a command line.

    Raises:
        HilabError: If one has no key or no equals sign.

    Example:
        >>> read_properties(["exporter.csv.folder_per_run=false"])
        {'exporter.csv.folder_per_run': 'false'}
    """
    pairs = [word.partition("=") for word in words]
    for key, sign, value in pairs:
        if not key or not sign:
            raise HilabError(f"A property of Synthea is written key=value, not {key + sign + value!r}.")
    return {key: value for key, _, value in pairs}
