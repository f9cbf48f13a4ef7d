"""Editions of the digest: what goes into one, and how its message is written. Nothing here sends."""
