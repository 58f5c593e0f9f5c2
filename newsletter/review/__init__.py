"""Sign-off and what follows: redline, approvals, corrections, the pull request's review page."""
