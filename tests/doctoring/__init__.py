"""Tests of `bot doctor`."""
