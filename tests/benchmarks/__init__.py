"""Measures of speed and memory, printed beside their targets: `python -m tests.benchmarks`."""
