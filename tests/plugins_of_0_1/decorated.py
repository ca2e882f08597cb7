from harness import metric, safety_check


@metric
def is_short(answered, most: int = 10) -> bool:
    """Share of replies of few words."""
    return len(answered.text.split()) <= most


@safety_check(severity="low")
def shouting(passage):
    """Replies in capital letters."""
    return passage.text.isupper()
