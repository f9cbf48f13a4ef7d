"""Editions in, delivered mail out: subscribers and their consent, an outbox, transports, bounces. Mail is rows that move from pending to sent."""
