"""Runs the server until it is told to stop, and says where it listens."""

import logging
import signal
import sys
from math import ceil
from types import FrameType

import uvicorn
import uvloop

from server.app import create_app, dressed
from server.layers.listener import Listener
from server.settings import Settings
from server.watch import NoReleaseError

DATA_ERROR = 3
# Seconds to write answers once their queries have ended.
MARGIN = 3
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {"format": "%(levelname)s %(name)s: %(message)s"},
        "bare": {"format": "%(message)s"},
    },
    "handlers": {
        "err": {"class": "logging.StreamHandler", "formatter": "plain"},
        "access": {"class": "logging.StreamHandler", "formatter": "bare"},
    },
    "loggers": {
        "maillage": {"handlers": ["err"], "level": "INFO", "propagate": False},
        "maillage.access": {"handlers": ["access"], "level": "INFO", "propagate": False},
        "uvicorn": {"handlers": ["err"], "level": "WARNING", "propagate": False},
    },
}


class Server(uvicorn.Server):
    """The web server, which prints its address once it can answer."""

    async def startup(self, sockets: object = None) -> None:
        """Start listening."""
        await super().startup(sockets)  # type: ignore[arg-type]
        for listening in (one for server in self.servers for one in server.sockets):
            host, port = listening.getsockname()[:2]
            shown = f"[{host}]" if ":" in host else host
            sys.stderr.write(f"Maillage answers at http://{shown}:{port}/\n")
            sys.stderr.flush()


def patience(settings: Settings) -> int:
    """Return how many seconds a stopping server leaves to the requests that it has taken.

    A query may wait for its turn, then run, with a key longer than without; both are left to it.
    """
    return ceil(settings.deadline + max(settings.deadline, settings.key_deadline)) + MARGIN


def serve(settings: Settings) -> int:
    """Serve until interrupted; return the exit code."""
    logging.captureWarnings(True)
    app = create_app(settings)
    config = uvicorn.Config(
        dressed(app), host=settings.host, port=settings.port, log_config=LOGGING, lifespan="off",
        server_header=False, http=Listener, ws="none",
        timeout_graceful_shutdown=patience(settings), access_log=False,
        proxy_headers=settings.proxies is not None, forwarded_allow_ips=settings.proxies or "",
    )  # fmt: skip

    def terminated(_number: int, _frame: FrameType | None) -> None:
        raise SystemExit(0)

    async def run() -> None:
        signal.signal(signal.SIGTERM, terminated)
        async with app.router.lifespan_context(app):
            await Server(config).serve()

    try:
        uvloop.run(run())
    except NoReleaseError as error:
        sys.stderr.write(f"error: {error}\n")
        return DATA_ERROR
    except KeyboardInterrupt:
        pass
    return 0
