"""The book on paper and in e-readers: PDF and EPUB, by Pandoc and Typst."""
