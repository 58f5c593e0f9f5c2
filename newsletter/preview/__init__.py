"""The preview: a local page that shows an issue as each reader will see it, while it is written.

`issue_cache.py` holds built and checked issues, `studio.py` updates them as files change, and
`app.py` responds to the browser.
"""
