"""The first room: what pages, notebooks' names and tests say, unchanged."""
