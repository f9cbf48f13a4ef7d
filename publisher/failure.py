"""The world's failure: disk, network, templates. It imports nothing, so that every layer may raise it."""

from __future__ import annotations


class PublisherError(Exception):
    """Something outside the content went wrong; ``zh`` and ``en`` say what, in one line each."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en

    def __reduce__(self) -> tuple[type[PublisherError], tuple[str, str]]:
        return (PublisherError, (self.zh, self.en))
