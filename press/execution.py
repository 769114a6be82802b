"""Run a page's fences, and stop the build where one raises.

markdown-exec finds them and shows what they print. By itself it would only
warn where one raises, and publish the traceback.
"""

import io
from contextlib import redirect_stdout
from pathlib import Path
from traceback import extract_tb

from markdown import Extension, Markdown
from markdown_exec import base_format, formatters
from markupsafe import Markup

from press.fault import Fault, locate

_FENCE = "<fence>"


def run(code: str, **_: object) -> str:
    """Run a fence's code in a namespace of its own; return what it prints.

    Raises Fault, with the line in the page and the line in our own code, if it
    raises or prints nothing.
    """
    printed = io.StringIO()
    try:
        with redirect_stdout(printed):
            exec(
                compile(code, _FENCE, "exec"), {"__name__": "fence"}
            )  # the book's own code, from the book's own pages
    except (Exception, SystemExit) as error:
        raise Fault(_explain(code, error)) from None
    if not printed.getvalue().strip():
        raise Fault(
            f"{locate(code)}: the fence printed nothing; "
            "print what the page is to show"
        )
    return printed.getvalue()


def _explain(code: str, error: BaseException) -> str:
    frames = extract_tb(error.__traceback__)
    line = next(
        (frame.lineno for frame in frames if frame.filename == _FENCE),
        getattr(error, "lineno", None) or 1,
    )
    deepest = frames[-1]
    inside = (
        ""
        if deepest.filename in (_FENCE, __file__)
        else f", at {_relative(deepest.filename)}:{deepest.lineno}"
    )
    place = locate(code, offset=line - 1)
    return f"{place}: the fence raised {type(error).__name__}{inside}: {error}"


def _relative(file: str) -> str:
    path = Path(file)
    return (
        path.relative_to(Path.cwd())
        if path.is_relative_to(Path.cwd())
        else path
    ).as_posix()


def python(**options: object) -> Markup:
    """Format a Python fence as markdown-exec does, but run it strictly."""
    return base_format(language="python", run=run, **options)


class ExecutionExtension(Extension):
    """Puts the strict formatter in the place of markdown-exec's own."""

    def extendMarkdown(self, md: Markdown) -> None:
        formatters["python"] = formatters["py"] = python


makeExtension = ExecutionExtension  # what Python-Markdown looks for
