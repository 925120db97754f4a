"""Names that people give: two that look alike are one."""

import unicodedata


def normal_name(text: str) -> str:
    """A name as it is stored and looked up: without space around it, in Unicode's normal form C."""
    return unicodedata.normalize("NFC", text.strip())
