"""The second room: runs the code of fences and notebooks, and keeps what came.

It is small to import, for each process that runs code does so.
"""
