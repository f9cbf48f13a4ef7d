"""``mkdocs build`` calls us: the plugin hands MkDocs an empty site and writes ours, so that nothing else gets through.

MkDocs copies every file of its docs folder that it is given; here it is given none.
"""

from __future__ import annotations

import os
from pathlib import Path

from mkdocs.config import config_options
from mkdocs.config.base import Config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.plugins import BasePlugin, get_plugin_logger
from mkdocs.structure.files import Files

from publisher.clock import read_as_of
from publisher.engine.build import Order, build
from publisher.engine.prepare import Prepared, prepare
from publisher.material.shell import MaterialShell
from publisher.problems import PublisherError, has_errors
from publisher.problems.output import format_text

_log = get_plugin_logger("publisher")


class PublisherPluginConfig(Config):  # type: ignore[no-untyped-call]
    """``as_of`` fixes the time of the build; empty means now."""

    as_of = config_options.Type(str, default="")


class PublisherPlugin(BasePlugin[PublisherPluginConfig]):  # type: ignore[no-untyped-call]
    """Checks before MkDocs empties the site folder, builds after MkDocs has written nothing."""

    _prepared: Prepared | None = None

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Check content; a mistake stops MkDocs before it touches the last good site."""
        root = Path(config.config_file_path).parent
        try:
            as_of = read_as_of(self.config.as_of or os.environ.get("PUBLISHER_AS_OF", ""))
            prepared = prepare(root, as_of)
        except (PublisherError, ValueError) as error:
            raise PluginError(getattr(error, "zh", str(error))) from error
        if prepared.problems:
            text = format_text(prepared.problems, "zh")
            if has_errors(prepared.problems):
                raise PluginError(text)
            _log.warning("\n%s", text)
        self._prepared = prepared
        return config

    def on_files(self, files: Files, config: MkDocsConfig) -> Files:  # noqa: ARG002  # the hook's signature
        """Give MkDocs nothing to copy, nothing to render, no navigation to resolve."""
        self._shell = MaterialShell(config)
        self._nav = config.nav
        config.nav = None
        config.theme.static_templates.clear()
        return Files([])

    def on_post_build(self, config: MkDocsConfig) -> None:
        """Write the site into the folder that MkDocs was told."""
        assert self._prepared is not None
        config.nav = self._nav
        try:
            root = self._prepared.settings.root
            report = build(Order(root, Path(config.site_dir), self._prepared.as_of, lambda _root: self._shell, is_clean=True, is_ours=True))
        except PublisherError as error:
            raise PluginError(error.zh) from error
        _log.info("%d files written", report.wrote)
