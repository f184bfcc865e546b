"""The way to an exchange: over loopback or a unix socket; refusals become errors that say what to do."""

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from sim.errors import HilabError

if TYPE_CHECKING:
    import httpx


class Refused(HilabError):
    """The exchange said no; the text says why, and what to ask for instead.

    Attributes:
        status: Status of HTTP.
        code: Kind of issue, as FHIR calls it.
    """

    def __init__(self, status: int, code: str, text: str) -> None:
        """Keeps what was said."""
        super().__init__(text)
        self.status, self.code = status, code


class Connection:
    """A connection to an exchange that goes past every proxy.

    Args:
        where: Address of the exchange.

    Raises:
        HilabError: The address is none.
    """

    def __init__(self, where: str) -> None:
        """Connects when something is first sent."""
        self.where = where
        self._http = _open(where)

    def close(self) -> None:
        """Ends the connection."""
        self._http.close()

    def send(self, method: str, path: str, **how: Any) -> "httpx.Response":
        """Sends a request.

        Raises:
            Refused: The answer is a refusal.
            HilabError: Nobody answers.
        """
        import httpx

        try:
            answer = self._http.request(method, path, **how)
        except httpx.HTTPError as error:
            raise HilabError(
                f"No exchange answers at {self.where} ({type(error).__name__}): has it been stopped?"
            ) from None
        if answer.is_success:
            return answer
        raise _refused(answer)


def _open(where: str) -> "httpx.Client":
    """Returns what carries the requests.

    Raises:
        HilabError: The address is none.
    """
    import httpx

    if where.startswith("unix:"):
        transport = httpx.HTTPTransport(uds=where.removeprefix("unix:"))
        return httpx.Client(transport=transport, base_url="http://exchange", timeout=60)
    if not where.startswith(("http://", "https://")):
        raise HilabError(f"'{where}': expected an address such as http://127.0.0.1:8000 or unix:/path.")
    return httpx.Client(base_url=where, timeout=60, trust_env=False)


def _refused(answer: "httpx.Response") -> Refused:
    """Returns a refusal as an error, in the exchange's own words."""
    try:
        said = answer.json()
    except ValueError:
        return Refused(answer.status_code, "processing", f"The exchange answered with {answer.status_code}.")
    if "error_description" in said:
        return Refused(answer.status_code, said["error"], said["error_description"])
    issue = said["issue"][0]
    return Refused(answer.status_code, issue["code"], issue["diagnostics"])


def path_of(address: str) -> str:
    """Returns an address without the server, for it may be reached in another way than it believes."""
    parts = urlsplit(address)
    return parts.path + (f"?{parts.query}" if parts.query else "")
