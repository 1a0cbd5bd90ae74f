"""Tests of the answering layer."""
