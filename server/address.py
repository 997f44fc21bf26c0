"""Under which address clients reach this server: the one that is set, else the one they used."""

from ipaddress import ip_network
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

EXAMPLE = "https://data.example.org"
# What stands in no plain address: user names, questions, fragments and signs to be escaped.
FORBIDDEN = frozenset('@?#%"<>\\^`{|} ')
# An answer that repeats the address it was asked at may not reach anybody else: whoever asks
# can write any address there.
OWN = "private, no-cache"


class Addressed:
    """An ASGI layer that puts the public address in the place of what the client wrote."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "http" and (public := scope["app"].state.settings.public):
            scope = at(public, scope)
        await self.app(scope, receive, send)


def at(public: str, scope: Scope) -> Scope:
    """Return a request as if it had been sent to the public address."""
    known = urlsplit(public)
    others = [(name, value) for name, value in scope["headers"] if name != b"host"]
    headers = [(b"host", known.netloc.encode("ascii")), *others]
    return {**scope, "scheme": known.scheme, "headers": headers}


def root_of(request: Request) -> str:
    """Return the address that all others begin with; it ends in a slash."""
    public: str | None = request.app.state.settings.public
    return public or str(request.base_url)


def with_addresses(request: Request, answer: Response) -> Response:
    """Return an answer that holds addresses of this server.

    Where these are those of the request, no cache that others share may keep it.
    """
    if not request.app.state.settings.public:
        answer.headers["Cache-Control"] = OWN
    return answer


def public_address(text: str) -> str:
    """Return a public address with a slash at its end; raises ValueError.

    >>> public_address("https://data.example.org"), public_address("http://[::1]:8000/data/")
    ('https://data.example.org/', 'http://[::1]:8000/data/')
    """
    if not is_address(text):
        reason = f"give the http or https address of this server, such as {EXAMPLE}"
        raise ValueError(reason)
    return text.rstrip("/") + "/"


def is_address(text: str) -> bool:
    """Tell an origin, with a path or without, from anything else."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return False
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return False
    if port == 0 or parts.netloc.endswith(":") or "//" in parts.path or "/." in parts.path:
        return False
    return text.isascii() and text.isprintable() and not set(text) & FORBIDDEN


def trusted(text: str) -> str:
    """Return addresses and networks, separated by commas; raises ValueError for anything else.

    >>> trusted("127.0.0.1, 10.0.0.0/8")
    '127.0.0.1,10.0.0.0/8'
    """
    found = [one.strip() for one in text.split(",")]
    for one in found:
        try:
            ip_network(one)
        except ValueError as error:
            reason = "give IP addresses or networks, separated by commas, such as 127.0.0.1,::1"
            raise ValueError(reason) from error
    return ",".join(found)


def ancestors(text: str) -> str:
    """Return the sites that may frame a page, as a policy has them; raises ValueError.

    >>> ancestors("https://example.org, https://*.example.net"), ancestors("*")
    ('https://example.org https://*.example.net', '*')
    """
    found = text.replace(",", " ").split()
    plain = [one for one in found if one not in ("*", "'self'", "'none'")]
    alone = {"*", "'none'"} & set(found)
    if not found or (alone and len(found) > 1) or not all(map(is_origin, plain)):
        reason = f"give * or origins, separated by commas, such as {EXAMPLE},https://*.example.net"
        raise ValueError(reason)
    return " ".join(found)


def is_origin(text: str) -> bool:
    """Tell an origin, whose host may begin with a star and whose port may be one, from all else."""
    host = text.replace("://*.", "://", 1).removesuffix(":*")
    return is_address(host) and urlsplit(host).path in ("", "/") and not set(text) & set(";,'")
