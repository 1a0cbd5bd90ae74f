"""Tests of `bot.presenting`."""
