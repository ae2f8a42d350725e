"""Benchmarks against a real server; see CONTRIBUTING.md. Nothing here is part of the addon."""
