"""Answering: a `Question` to a typed answer, by joining the tables."""
