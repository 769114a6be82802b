"""What turns the chapters into a site, and knows no neural network.

Here are the Markdown extensions, and the step that publishes.
"""
