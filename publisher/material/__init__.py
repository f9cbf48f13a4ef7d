"""The only importer of MkDocs and Material: the page frame we borrow, and the plugin through which MkDocs calls us."""
