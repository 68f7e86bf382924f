"""`python -m scraper.cli`."""

from scraper.cli import main

main(prog_name="rolecall")
