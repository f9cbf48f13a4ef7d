"""The site's search: entries in, small static files out, which a browser asks without a server. `docs/adr/0008-search.md` says why it is so."""

import os

# numpy's algebra, of which search uses nothing, would start a thread for each core when it is loaded; a process with threads must not fork.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
