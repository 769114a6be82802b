from hypothesis import settings

# The same examples on every run and every machine, however slow it is.
settings.register_profile("book", deadline=None, derandomize=True)
settings.load_profile("book")
