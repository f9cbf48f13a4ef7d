"""Files in, a `Library` of entries out: reading, decoding, the content model and its code tables."""
