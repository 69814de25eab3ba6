"""Draws the pictures of the demo collection; `python -m demo.draw` writes them to `demo/pictures/`."""
