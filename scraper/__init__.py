"""Rolecall calls the roll of open roles: posts of job boards and applicant tracking systems as validated records."""

__version__ = "0.1.0"
