"""The whole book as one PDF, set by Typst from the pages of the built site."""
