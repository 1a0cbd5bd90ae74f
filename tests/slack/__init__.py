"""Tests of `bot.slack`."""
