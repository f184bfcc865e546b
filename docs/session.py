"""Writes docs/exchange.md: a client's session with a running exchange, as it went over the wire.

Run: `python docs/session.py`. What chance draws anew each time (ports, ids, keys, tokens, hashes) and the
time are left out.
"""

import json
import re
import time
from pathlib import Path
from secrets import token_hex
from typing import Any
from urllib.parse import quote

import httpx
from joserfc import jwt
from joserfc.jwk import ECKey

from sim.exchange.client import exchange_client
from sim.exchange.facade.audit import first_broken
from sim.exchange.facade.server import Running
from sim.exchange.vocabulary import ASSERTION
from sim.world import make_world

PAGE = Path(__file__).with_name("exchange.md")
IDENT = "s001"
SYSTEMS = ("his", "lis", "emr", "pharmacy", "governance", "messages")
WIDTH, LONGEST = 110, 1500
"""Signs of a line, and of a body, that are shown."""

MASKS = (
    (r"http://127\.0\.0\.1:\d+", "http://127.0.0.1:PORT"),
    (r"eyJ[\w-]+\.[\w-]+\.[\w-]+", "eyJ..."),
    (r"\b[0-9a-f]{64}\b", "(64 digits)"),
    (r"exports/[\w-]{22}", "exports/EXPORT"),
    (r"\b(university|privacy_office)-[0-9a-f]{16}", r"\1-CLIENT"),
    (r'"(x|y|kid|jti)":"[\w-]+"', r'"\1":"..."'),
    (r'"exp":[\d.]+', '"exp":...'),
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", "(time)"),
)

HEAD = """# The running exchange

Written by `python docs/session.py` from district {ident}. What is drawn anew each time (ports, ids, keys,
tokens, hashes) and the time are left out.

A district's three hospitals answer behind one door: `world.serve()` in a notebook, `hilab serve s001` in a
terminal. It listens on this computer only. What it does:

| address | what for |
|---|---|
| `/.well-known/smart-configuration`, `/fhir/metadata` | where tokens are to be had, what can be asked |
| `/auth/register`, `/auth/token` | join with a public key; get a token that lasts five minutes |
| `/fhir/TYPE/ID`, `/fhir/TYPE?...` | read one resource; search, page by page |
| `/fhir/Patient/$match` | who might this person be |
| `/fhir/$export`, `/fhir/Patient/$export`, `/fhir/Group/H2/$export` | all, or one hospital's, as files |
| `/fhir/$quarantine` | what a hospital sent that is not FHIR, and is kept back |
| `/fhir/AuditEvent` | the log, for the privacy office |

Who gets what is decided in this order: Is the token good? Does its scope cover the type? Do the rules of
`policies.yaml` (as Cedar policies, `sim.exchange.facade.policies`) allow basis and purpose under the law of
the recipient? Does the purpose need the type, where no more than needed may be given? Did this patient
agree, where consent is needed? Patients who refused, were never asked or do not exist are told alike.

In a notebook one object does all of this:

```python
from sim import exchange_client, make_world

world = make_world("{ident}", size="demo")
exchange = world.serve()
university = exchange_client("university", basis="consent", purpose="research")
university.search("Condition", code="E11.9")  # a DataFrame, all pages
university.export("Patient", "Encounter")  # a DataFrame for each type
exchange_client("privacy_office").audit()  # the log
exchange.stop()
```

What follows is the same over the wire.
"""


class Pen:
    """Writes down what goes over the wire."""

    def __init__(self, address: str) -> None:
        """Begins with an empty page."""
        self.http = httpx.Client(base_url=address, trust_env=False)
        self.parts: list[str] = []

    def say(self, text: str) -> None:
        """Writes a sentence."""
        self.parts.append(text)

    def show(self, text: str, kind: str = "") -> None:
        """Writes a block, with what is drawn by chance masked."""
        for pattern, mask in MASKS:
            text = re.sub(pattern, mask, text)
        lines = [
            line if len(line) <= WIDTH or "diagnostics" in line else f"{line[:WIDTH]}..."
            for line in text.split("\n")
        ]
        self.parts.append(f"```{kind}\n" + "\n".join(lines) + "\n```")

    def send(self, method: str, path: str, shown: bool = True, **how: Any) -> httpx.Response:
        """Sends a request, and writes it and its answer down."""
        answer = self.http.request(method, path, **how)
        if shown:
            asked = [
                f"{method} {path}",
                *(f"{name}: {value}" for name, value in how.get("headers", {}).items()),
            ]
            if "json" in how:
                asked += ["", _body(how["json"])]
            if "data" in how:
                asked += ["", "&\n".join(f"{name}={quote(value)}" for name, value in how["data"].items())]
            told = [f"{answer.status_code} {answer.reason_phrase}"]
            names = ("content-location", "x-progress", "retry-after", "www-authenticate")
            told += [f"{name}: {answer.headers[name]}" for name in names if name in answer.headers]
            told += ["", _body(answer.json())] if "json" in answer.headers["content-type"] else []
            self.show("\n".join([*asked, "", *told]), "http")
        return answer


def _body(content: Any) -> str:
    """Writes a body with one element a line."""
    text = json.dumps(content, ensure_ascii=False, indent=1, separators=(",", ":"))
    folded = re.sub(
        r"([\[{])\s+([^\[\]{}]{0,100}?)\s+([\]}])", lambda m: m[1] + re.sub(r"\n\s+", "", m[2]) + m[3], text
    )
    return folded[:LONGEST] + ("\n..." if len(folded) > LONGEST else "")


class Asker:
    """A client that joins and asks for tokens."""

    def __init__(self, pen: Pen, recipient: str) -> None:
        """Makes a key and joins."""
        self.pen, self.key = pen, ECKey.generate_key("P-384", auto_kid=True)
        sent = {"client_name": recipient, "jwks": {"keys": [self.key.as_dict(private=False)]}}
        shown = recipient == "university"
        self.ident = pen.send("POST", "/auth/register", shown, json=sent).json()["client_id"]

    def token(self, address: str, scope: str, shown: bool = True, **said: str) -> dict[str, str]:
        """Returns the header that shows a new token."""
        claims: dict[str, Any] = {"iss": self.ident, "sub": self.ident, "aud": f"{address}/auth/token"}
        claims |= {"exp": int(time.time()) + 120, "jti": token_hex(8), "extensions": {"hilab": said}}
        signed = jwt.encode({"alg": "ES384", "kid": self.key.kid}, claims, self.key, ["ES384"])
        form = {"grant_type": "client_credentials", "scope": scope, "client_assertion_type": ASSERTION}
        if shown:
            self.pen.say("The assertion, before it is signed:")
            self.pen.show(_body(claims | {"jti": "..."}), "json")
        answer = self.pen.send("POST", "/auth/token", shown, data=form | {"client_assertion": signed})
        return {"Authorization": f"Bearer {answer.json()['access_token']}"}


def main() -> None:
    """Holds the session and writes the page."""
    with make_world(IDENT, size="demo", systems=SYSTEMS).serve() as running:
        running.exchange.store.fill()
        pen = Pen(running.address)
        _research(pen, running.address)
        _log(pen, running)
    PAGE.write_text(HEAD.format(ident=IDENT) + "\n" + "\n\n".join(pen.parts) + "\n", encoding="utf-8")


def _research(pen: Pen, address: str) -> None:
    """A university does research on consent, and tries it on another basis."""
    pen.say(
        "## Join and get a token\n\n"
        "A university asks where tokens are to be had, and joins with its public key."
    )
    pen.send("GET", "/.well-known/smart-configuration")
    university = Asker(pen, "university")
    pen.say("It signs who it is, on which legal basis it asks and what for, and gets a token for it.")
    scope = "system/Patient.rs system/Condition.rs"
    token = university.token(address, scope, basis="consent", purpose="research")
    pen.say(
        "## Search\n\nOnly patients come back who agreed to research by this university, and without their\n"
        "names: research does not need them."
    )
    pen.send("GET", "/fhir/Patient?gender=female&_count=1", headers=token)
    pen.say("## Refused\n\nNames are not needed, so nobody may search by them either.")
    pen.send("GET", "/fhir/Patient?family=Li", headers=token)
    pen.say("The scope of the token does not cover results.")
    pen.send("GET", "/fhir/Observation", headers=token)
    pen.say(
        "With another basis the same purpose is refused; the answer says under which basis it would be "
        "covered."
    )
    other = university.token(address, scope, False, basis="operations", purpose="research")
    pen.send("GET", "/fhir/Patient?gender=female&_count=1", headers=other)
    pen.say(
        "## Export\n\nAn export is ordered, watched and fetched. While it is written the status answers 202\n"
        "with X-Progress and Retry-After."
    )
    ordered = pen.send(
        "GET", "/fhir/Patient/$export?_type=Patient,Condition", headers=token | {"Prefer": "respond-async"}
    )
    status = ordered.headers["content-location"].removeprefix(address)
    while pen.send("GET", status, False, headers=token).status_code == 202:
        pass
    manifest = pen.send("GET", status, headers=token).json()
    pen.say("The first lines of a file:")
    file = pen.send("GET", manifest["output"][1]["url"].removeprefix(address), False, headers=token)
    pen.show("\n".join(file.text.splitlines()[:3]), "json")
    pen.send("DELETE", status, headers=token)


def _log(pen: Pen, running: Running) -> None:
    """The privacy office reads the log, and somebody tampers with a copy."""
    pen.say(
        "## The log\n\nEvery answer and every refusal is in the log, with why. Each entry holds the hash "
        "of the one before.\nThe privacy office sees it:"
    )
    log = exchange_client("privacy_office", at=running).audit()
    columns = ["client", "purpose", "action", "target", "outcome"]
    told = log[columns].fillna("").astype("str")
    told["client"] = told["client"].str.replace(r"-[0-9a-f]{16}$", "", regex=True)
    told = told[~told["target"].eq("status")]
    rows = [columns, ["---"] * len(columns), *told.to_numpy().tolist()]
    pen.say("\n".join("| " + " | ".join(row) + " |" for row in rows))
    lines = list(running.exchange.log.lines)
    place = next(n for n, line in enumerate(lines) if '"wrong_purpose"' in line)
    pen.say("The refusal, as the log keeps it:")
    pen.show(json.dumps(json.loads(lines[place]), indent=1), "json")
    pen.say(
        "Nobody touched the log: `sim.exchange.facade.audit.first_broken` finds nothing. Then one byte of a "
        "copy\nis changed, 403 into 203, and it names the entry."
    )
    forged = [
        line.replace('"status":403', '"status":203') if n == place else line for n, line in enumerate(lines)
    ]
    head = running.exchange.log.head
    found = first_broken(forged, head)
    if first_broken(lines, head) is not None or found != place + 1:
        raise ValueError("The log does not hold, or a changed byte does not show.")
    pen.show(f">>> first_broken(lines, head)\n>>> first_broken(forged, head)\n{found}", "python")


if __name__ == "__main__":
    main()
