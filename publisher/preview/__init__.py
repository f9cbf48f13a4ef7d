"""A project and a browser in; the site as it is being written out, rebuilt at each save and reloaded by itself. It has no build of its own."""
