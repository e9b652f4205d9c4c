"""YAML and catalogs turned into core records: a strict loader, the schema, and the checks."""
