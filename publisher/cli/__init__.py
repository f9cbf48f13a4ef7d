"""The ``publisher`` command: one module a verb. The only code that prints, exits and reads the environment."""

from publisher.cli.main import main

__all__ = ["main"]
