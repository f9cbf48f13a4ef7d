"""The name of a format in, its writer out; a writer is loaded when it is asked for."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import cast

from publisher.liaison.document import Report

#: Each format with the module and the function that write it.
FORMATS = {"html": ("html", "write_html"), "docx": ("word", "write_word"), "xlsx": ("excel", "write_excel"), "md": ("markdown", "write_markdown")}


def writer_of(name: str) -> Callable[[Report], bytes]:
    """The function that writes a report in a format."""
    module, function = FORMATS[name]
    return cast(Callable[[Report], bytes], getattr(importlib.import_module(f"publisher.liaison.writers.{module}"), function))
