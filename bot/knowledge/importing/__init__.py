"""Importing: Markdown pipe tables to pages of tables."""
