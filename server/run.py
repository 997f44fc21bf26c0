"""Runs the server until it is told to stop, and says where it listens."""

import asyncio
import logging
import signal
import sys
from types import FrameType

import uvicorn

from server.app import create_app
from server.settings import Settings
from server.watch import NoReleaseError

LARGEST_HEAD = 131_072
DATA_ERROR = 3
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


def serve(settings: Settings) -> int:
    """Serve until interrupted; return the exit code."""
    logging.captureWarnings(True)
    app = create_app(settings)
    config = uvicorn.Config(
        app, host=settings.host, port=settings.port, log_config=LOGGING, lifespan="off",
        server_header=False, h11_max_incomplete_event_size=LARGEST_HEAD,
        timeout_graceful_shutdown=5, access_log=False,
    )  # fmt: skip

    def terminated(_number: int, _frame: FrameType | None) -> None:
        raise SystemExit(0)

    async def run() -> None:
        signal.signal(signal.SIGTERM, terminated)
        async with app.router.lifespan_context(app):
            await Server(config).serve()

    try:
        asyncio.run(run())
    except NoReleaseError as error:
        sys.stderr.write(f"error: {error}\n")
        return DATA_ERROR
    except KeyboardInterrupt:
        pass
    return 0
