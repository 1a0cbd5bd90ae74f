"""Tests of the understanding layer."""
