"""The HTML of a page frame in, its Content-Security-Policy (W3C CSP Level 3) out: only files of this site, and the inline scripts of its templates.

Our templates write none; one that a site's own templates write into the page is allowed by the digest of its text, so that a script
that anybody else brings in does not run. Styles are files only: what scripts set on elements is not held back by a policy.
"""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode

_SCRIPT = re.compile(r"<script(?P<attributes>[^>]*)>(?P<text>.*?)</script>", re.DOTALL)
#: What a browser does not run: data with a type of its own, and scripts that come from a file.
_PASSIVE = re.compile(r"""\bsrc=|\btype=["']?(?!module|text/javascript)""")


def content_policy(html: str, form_action: str = "") -> str:
    """The policy of a frame; ``form_action`` is another origin that forms may be sent to, when there is one."""
    hashes = sorted({_digest(match["text"]) for match in _SCRIPT.finditer(html) if not _PASSIVE.search(match["attributes"])})
    rules = {
        "default-src": ["'none'"],
        "script-src": ["'self'", *hashes],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],  # the theme's style sheet draws its icons from data: addresses
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "form-action": ["'self'", *([form_action] if form_action else [])],
        "frame-src": ["'none'"],
        "base-uri": ["'none'"],
    }
    return "; ".join(f"{name} {' '.join(sources)}" for name, sources in rules.items())


def _digest(script: str) -> str:
    return f"'sha256-{b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"
