"""A root folder and a time in, a site on disk out: what changed is read, what depends on it is planned, rendered and replaced."""
