"""The preview: a local page on which the desk sees an issue as each reader will, while it is being written.

`issue_cache.py` holds issues built and checked, `studio.py` updates them as files change, `app.py` answers the browser.
"""
