"""Feeds and calendars: plain values in, bytes of one format out. Nothing here knows entries."""
