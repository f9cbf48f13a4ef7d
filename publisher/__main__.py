"""``python -m publisher``: the same as the ``publisher`` command."""

import sys

from publisher.cli import main

if __name__ == "__main__":
    sys.exit(main())
