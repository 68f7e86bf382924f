"""A web page over the store, for people who would rather look than query."""
