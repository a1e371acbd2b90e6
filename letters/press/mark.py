"""The words that stand on every page of every letter that may not be sent as it is."""

PRACTICE = "演练 PRACTICE"
DRAFT = "draft: law not reviewed 草稿：法律依据未经审核"


def mark(practice: bool) -> str:
    """What each page says: that it is practice, or that nobody has adopted the law it cites."""
    return PRACTICE if practice else DRAFT


def subject_mark(practice: bool) -> str:
    """The same in short, for a mail's subject."""
    return PRACTICE if practice else "草稿 DRAFT"
