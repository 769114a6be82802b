"""The fourth room: labs, theme, preview, and the steps over the built site."""
