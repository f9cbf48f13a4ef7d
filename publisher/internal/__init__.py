"""The site for the office alone: everything public, what is internal marked as such, and the officers' records. Nothing of the public site imports it."""
