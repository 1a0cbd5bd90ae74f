"""Questions as data: one YAML file for each intent, and the reader of their form."""
