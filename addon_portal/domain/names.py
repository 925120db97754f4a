"""Names that people give, of tenants, projects, programs and keys: two that look alike are one."""

import unicodedata

LONGEST_NAME = 200


class UnfitName(ValueError):
    """No name; says what was expected and what came."""

    def __init__(self, expected: str, got: str) -> None:
        super().__init__(f"expected {expected}, got {got}")
        self.expected = expected
        self.got = got


def normal_name(text: str) -> str:
    """A name as it is stored and looked up: without space around it, in Unicode's normal form C."""
    return unicodedata.normalize("NFC", text.strip())


def fit_name(text: str) -> str:
    """The normal form of a name that somebody gives to something. Raises UnfitName."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise UnfitName("text that can be written as UTF-8", "a text that cannot") from None
    name = normal_name(text)
    if not 1 <= len(name) <= LONGEST_NAME:
        raise UnfitName(f"1 to {LONGEST_NAME} characters", f"{len(name)} characters")
    if any(unicodedata.category(character) in {"Cc", "Zl", "Zp"} for character in name):
        shown = name if len(name) <= 60 else name[:57] + "…"
        raise UnfitName("a name without control characters and line breaks", repr(shown))
    return name
