"""The benchmark: one corpus, written in the format of each publisher, built by each of them on one machine in interleaved runs.

Nothing of ``publisher`` is imported here: it is run as its users run it.
"""
