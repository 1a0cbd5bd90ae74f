"""Presenting: an answer to words, plain text, Block Kit or JSON."""
