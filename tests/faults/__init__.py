"""Faults that the bot survives: real processes, with the local workspace as Slack and faults between them."""
