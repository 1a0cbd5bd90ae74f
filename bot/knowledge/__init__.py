"""Knowledge: load, validate and index the YAML under `knowledge/` into an immutable base."""
