import torch
from hypothesis import settings

# The same examples on every run and every machine, however slow it is.
settings.register_profile("book", deadline=None, derandomize=True)
settings.load_profile("book")

# Small tensors gain nothing from threads, and lose on a busy machine.
torch.set_num_threads(1)
