"""A static-site content and newsletter publisher for a street and its enterprises.

Content is values; a build is a plan of values, and only what changed is rendered. See ``docs/adr/`` for why.
"""

__version__ = "0.1.0"
