"""The studio: a local page on which the desk sees an issue as each reader will, while it is being written.

`kept.py` holds issues built and checked, `studio.py` keeps them fresh as files change, `app.py` is what a browser asks.
"""
