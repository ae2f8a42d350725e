"""The pictures of docs/guide.md and static/description/, taken by ``make screenshots``."""
