"""What turns the chapters into a site, and knows no neural network.

Its rooms stand in the order in which a page passes them, each once:

    reading/  what a page says: its sentences and displays, the tests that
              quote them, its number (source, claims, numbers)
    running/  its code: fences and notebooks run, each in a new process
              (worker), and their output is kept (store)
    markup/   what the book adds to Markdown: a picture and its caption
              (figure), how a formula is written (formula) and, cut where
              lines may break, spoken (pieces), what a mark says (marks),
              ledger, references, glossary, links
    website/  labs, theme, the steps over the built site, live preview
    paper/    PDF and EPUB, from the built site

How things look is not said here but in docs/assets/book.css, and for paper in
paper/book.typ (PDF) and paper/book.css (EPUB).

A formula passes reading, where tests evaluate it, markup and paper; a figure
running, then markup; a mark reading, then markup. `__main__` publishes.
"""
