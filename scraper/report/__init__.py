"""The report: a store as one HTML page for people."""

from scraper.report.facts import Choice, ReportError
from scraper.report.page import report_page

__all__ = ["Choice", "ReportError", "report_page"]
