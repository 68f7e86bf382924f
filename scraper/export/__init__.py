"""What leaves Rolecall: files that an analyst opens."""
