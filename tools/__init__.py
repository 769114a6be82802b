"""What authors and maintainers call by hand; no build of the book runs it."""
