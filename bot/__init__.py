"""Torchdesk: a support bot that answers compatibility questions with proof."""
