"""Keeping up with the knowledge: a running bot answers from the newest state that has no mistake."""
