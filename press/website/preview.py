"""A MkDocs hook for `make serve` alone, see press.website.live."""

import sys

from mkdocs.commands import serve
from mkdocs.livereload import LiveReloadServer
from watchdog.observers.polling import PollingObserver

from press.running import worker
from press.website.live import LIVE

SECONDS = 0.2  # between two looks at the files


def on_startup(command: str, **_: object) -> None:
    """Build as a preview does if this is one."""
    if command == "serve":
        serve.build = LIVE.build
        worker.prepare()  # the next edit is to show at once
        # bytecode in a watched folder would look like another edit
        sys.dont_write_bytecode = True


def on_env(env: object, config: object, files: object) -> None:
    """Keep what pages are made with."""
    LIVE.made |= {"env": env, "config": config, "files": files}


def on_nav(nav: object, **_: object) -> None:
    """Keep the navigation."""
    LIVE.made["nav"] = nav


def on_serve(server: LiveReloadServer, builder: object, **_: object) -> None:
    """Look for edits more often, and make anew only what depends on them."""
    server.builder = lambda: LIVE.rebuild(builder)
    LIVE.again = lambda: setattr(server, "_want_rebuild", True)
    watched = [*server._watched_paths]
    for path in watched:
        server.unwatch(path)
    server.observer = PollingObserver(timeout=SECONDS)
    for path in watched:
        server.watch(path)
