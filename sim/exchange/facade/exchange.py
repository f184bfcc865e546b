"""The exchange itself: it decides, answers and keeps the log, whoever carries its words."""

import time
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import numpy as np

from sim.exchange.facade import oversight
from sim.exchange.facade.answers import dump, searchset
from sim.exchange.facade.audit import Log
from sim.exchange.facade.clients import Register
from sim.exchange.facade.consent import Consents
from sim.exchange.facade.exporting import SAFE_NAME, Job, Jobs, Lines, Order, pieces, withheld
from sim.exchange.facade.gate import Gate
from sim.exchange.facade.matching import Candidate, match, read_sought
from sim.exchange.facade.minimum import check_parameter
from sim.exchange.facade.parameters import IMPERSONAL
from sim.exchange.facade.policies import Policies
from sim.exchange.facade.refusals import Refusal, absent, outcome
from sim.exchange.facade.scopes import AUDIT
from sim.exchange.facade.searching import find, read_search
from sim.exchange.facade.shelves import Shelf, Store
from sim.exchange.facade.tokens import Desk, Grant

GRADE = "http://hl7.org/fhir/StructureDefinition/match-grade"
NOBODY = {"client": "", "recipient": "", "jurisdiction": "", "basis": "", "purpose": "", "emergency": False}


class Exchange:
    """A district's hospitals behind one door.

    Args:
        store: What they hold.
        consents: What patients agreed to.
        rules: The content of `policies.yaml`.
        day: The day of the district, YYYY-MM-DD: consents are looked at as they stand on it.
        root: Address of the server.
        clock: Returns the second, for tokens and the log.
        log: The log.
    """

    def __init__(
        self,
        store: Store,
        consents: Consents,
        rules: Mapping[str, Any],
        *,
        day: str = "2025-12-31",
        root: str = "http://exchange",
        jurisdiction: str = "HIPAA",
        clock: Callable[[], float] = time.time,
        log: Log | None = None,
    ) -> None:
        """Opens the door; nothing is made yet."""
        self.store, self.consents = store, consents
        self.policies = Policies(rules)
        self.gate = Gate(self.policies, consents, day)
        laws = self.policies.jurisdictions
        self.register = Register(sorted(laws, key=lambda law: law != jurisdiction))
        self.log, self.jobs = log or Log(), Jobs()
        self.clock = clock
        self.desk = Desk(self.register, "", clock)
        self.root = root

    @property
    def root(self) -> str:
        """Address of the server."""
        return self._root

    @root.setter
    def root(self, root: str) -> None:
        self._root, self.base = root, f"{root}/fhir"
        self.desk.address = f"{root}/auth/token"

    def note(self, action: str, target: str, status: int, reason: str, grant: Grant | None) -> None:
        """Writes into the log.

        Args:
            action: What was done.
            target: To what; never a name or a value that a client searched by.
            status: Status of the answer.
            reason: Why.
            grant: Who did it, if that is known.
        """
        who = NOBODY if grant is None else {name: getattr(grant, name) for name in NOBODY}
        self.log.write(self.clock(), **who, action=action, target=target, status=status, reason=reason)

    def read(self, grant: Grant, kind: str, ident: str) -> str:
        """Returns one resource.

        Raises:
            Refusal: It may not be given, or there is none.
        """
        if kind == AUDIT:
            return oversight.entry(self.log, grant, ident)
        minimum = self.gate.enter(grant, kind, "r")
        shelf = self.store.shelf(kind)
        row = shelf.row_of.get(ident)
        self._check_patient(grant, shelf, row)
        if row is None:
            raise absent(kind, ident)
        if row in shelf.faults:
            raise Refusal(
                422,
                "invalid",
                f"{kind}/{ident} was sent as something that FHIR R4 does not allow, and is kept back until "
                f"the hospital repairs it. {shelf.faults[row]}",
                reason="quarantined",
            )
        return self.gate.shown(kind, shelf.texts[row], grant, minimum)

    def _check_patient(self, grant: Grant, shelf: Shelf, row: int | None) -> None:
        """Checks that the patient lets it through; what is not there counts as never asked."""
        if shelf.kind in IMPERSONAL or not self.gate.picky(grant, shelf.kind):
            return
        words = shelf.patients
        code = -1 if words is None or row is None else int(words.codes[row])
        patient = words.values[code] if words is not None and code >= 0 else ""
        decision = self.gate.decide(grant, shelf.kind, patient)
        if not decision.release:
            raise self.gate.refusal(grant, shelf.kind, decision)

    def search(self, grant: Grant, kind: str, pairs: Iterable[tuple[str, str]]) -> str:
        """Returns a page of the resources that fit and may be given.

        Raises:
            Refusal: The request is malformed, or nothing may be given.
        """
        if kind == AUDIT:
            return oversight.entries(self.log, self.base, grant, pairs)
        minimum = self.gate.enter(grant, kind, "s")
        search = read_search(kind, pairs)
        if minimum:
            for criterion in search.criteria:
                check_parameter(kind, criterion.name.partition(":")[0], grant.purpose)
        shelf = self.store.shelf(kind)
        rows = np.flatnonzero(find(shelf, search, self.store.offset) & self.gate.rows(grant, shelf))
        chosen = [] if search.counting else rows[search.offset : search.offset + search.count].tolist()
        found = [(shelf.ids[row], self.gate.shown(kind, shelf.texts[row], grant, minimum)) for row in chosen]
        return searchset(self.base, search, len(rows), found, self._remarks(grant, kind))

    def _remarks(self, grant: Grant, kind: str) -> list[dict[str, Any]]:
        """Returns what a search tells besides, the same whether anything was held back or not."""
        if not self.gate.picky(grant, kind):
            return []
        text = (
            f"Only patients are shown whose consent for '{grant.purpose}' by '{grant.recipient}' holds "
            "today; how many others there are is not told."
        )
        return [outcome("information", "suppressed", text)]

    def match(self, grant: Grant, content: object) -> str:
        """Returns who might be meant by a description (`Patient/$match`).

        Raises:
            Refusal: The request is malformed, or nothing may be given.
        """
        minimum = self.gate.enter(grant, "Patient", "s")
        sought = read_sought(content)
        names = {"birthdate": "birthdate", "area": "address-postalcode"}
        if minimum:
            for name in sought.features:
                check_parameter("Patient", names.get(name, name), grant.purpose)
        shelf = self.store.shelf("Patient")
        candidates = match(shelf, sought, self.gate.rows(grant, shelf))
        entries = [self._candidate(grant, shelf, each, minimum) for each in candidates]
        total = len(entries)
        inside = f',"entry":[{",".join(entries)}]' if entries else ""
        return f'{{"resourceType":"Bundle","type":"searchset","total":{total}{inside}}}'

    def _candidate(self, grant: Grant, shelf: Shelf, candidate: Candidate, minimum: bool) -> str:
        text = self.gate.shown("Patient", shelf.texts[candidate.row], grant, minimum)
        search = {
            "extension": [{"url": GRADE, "valueCode": candidate.grade}],
            "mode": "match",
            "score": candidate.score,
        }
        address = dump(f"{self.base}/Patient/{shelf.ids[candidate.row]}")
        return f'{{"fullUrl":{address},"resource":{text},"search":{dump(search)}}}'

    def quarantine(self, grant: Grant) -> dict[str, Any]:
        """Returns the list of resources that are kept back because they are not FHIR, as Parameters.

        Raises:
            Refusal: The token allows none of the types.
        """
        kinds = [kind for kind in self.store.kinds if (kind, "s") in grant.scopes]
        if not kinds:
            raise Refusal(403, "forbidden", "The token has no scope to search anything.", reason="scope")
        parts = []
        for kind in kinds:
            try:
                self.gate.enter(grant, kind, "s")
            except Refusal:
                continue
            shelf = self.store.shelf(kind)
            for row, fault in sorted(shelf.faults.items()):
                try:
                    self._check_patient(grant, shelf, row)
                except Refusal:
                    continue
                reference = {"name": "reference", "valueReference": {"reference": f"{kind}/{shelf.ids[row]}"}}
                parts.append(
                    {"name": "resource", "part": [reference, {"name": "fault", "valueString": fault[:300]}]}
                )
        return {"resourceType": "Parameters"} | ({"parameter": parts} if parts else {})

    def export(self, grant: Grant, order: Order) -> Job:
        """Begins an export of all that may be given.

        Raises:
            Refusal: Nothing may be given, or a type that was asked for may not.
        """
        asked = order.kinds or self.store.kinds
        kinds, refusals = [], []
        for kind in asked:
            try:
                for right in "rs":
                    self.gate.enter(grant, kind, right)
                kinds.append(kind)
            except Refusal as refusal:
                refusals.append(refusal)
        if refusals and (order.kinds or not kinds):
            raise refusals[0]
        begun = datetime.fromtimestamp(self.clock(), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return self.jobs.begin(grant, order, self.consents.version, begun, lambda job: self._fill(job, kinds))

    def _fill(self, job: Job, kinds: list[str]) -> None:
        """Writes the files of an export."""
        parts: list[Lines] = []
        for kind in kinds:
            shelf = self.store.shelf(kind)
            if job.dropped:
                return
            minimum = self.gate.enter(job.grant, kind, "s")
            rows = np.flatnonzero(
                self.gate.rows(job.grant, shelf) & self._of_hospital(shelf, job.order.hospital)
            )

            def show(text: str, kind: str = kind, minimum: bool = minimum) -> str:
                return self.gate.shown(kind, text, job.grant, minimum)

            parts.append((kind, len(rows), pieces(shelf.texts, rows, show)))
            if shelf.faults and not self.gate.picky(job.grant, kind):
                why = "what the hospital sent is not FHIR R4; $quarantine lists them."
                job.notes.append(withheld(kind, len(shelf.faults), why))
            job.notes += self._remarks(job.grant, kind)[: not job.notes]
        job.write(parts)

    def _of_hospital(self, shelf: Shelf, code: str | None) -> Any:
        """Returns which resources are about a hospital's patients."""
        if code is None or shelf.patients is None:
            return np.ones(len(shelf), dtype=bool)
        people = self.store.shelf("Patient")
        mine = people.words("organization").fitting(lambda text: text == code)
        numbers = {people.ids[row] for row in np.flatnonzero(mine).tolist()}
        return shelf.patients.fitting(lambda patient: patient in numbers)

    def file(self, grant: Grant, ident: str, name: str) -> Any:
        """Returns the path of a file of an export.

        Raises:
            Refusal: There is none, or a consent changed since.
        """
        job = self.jobs.find(grant, ident)
        if not job.finished or not SAFE_NAME.fullmatch(name) or not (job.folder / name).is_file():
            raise Refusal(404, "not-found", "There is no such file in this export.")
        kind = name.partition(".")[0]
        if job.version != self.consents.version and self.gate.picky(grant, kind):
            raise Refusal(
                410,
                "expired",
                "A consent was revoked since this export was made; what was fetched before stays lawful, "
                "the rest has to be ordered again.",
                reason="revoked",
            )
        return job.folder / name

    def revoke(self, patient: str, purpose: str, recipient: str) -> int:
        """Revokes a patient's consent from today on.

        Returns:
            How many consents no longer hold.
        """
        changed = self.consents.revoke(patient, purpose, recipient, self.gate.day)
        if changed:
            self.store.empty("Consent")
        return changed

    def close(self) -> None:
        """Forgets exports and closes the log."""
        self.jobs.close()
        self.log.close()
