"""The figures of the gathered files are answerable from the knowledge, or listed as known gaps."""
