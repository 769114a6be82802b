"""The code that the chapters show and run.

There is one module for each page, under the same name.
"""
