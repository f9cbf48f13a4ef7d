"""Policies and a profile in, verdicts with reasons out. Pure: nothing is asked of the disk, the network or the clock."""
