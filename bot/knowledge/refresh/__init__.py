"""Compares the knowledge with a package index and proposes what it lacks; all that asks the network."""
