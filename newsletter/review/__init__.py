"""Sign-off and what follows it: redline, approvals, corrections, the pull request's page."""
