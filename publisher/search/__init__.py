"""The site's search: entries in, small static files out, which a browser asks without a server. `docs/adr/0008-search.md` says why it is so."""
