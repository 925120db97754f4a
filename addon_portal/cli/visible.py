"""Text of programs and people as a terminal may be given it."""


def visible(text: str) -> str:
    r"""The text with everything escaped that would steer the terminal or cannot be seen: `\x1b`, `\u202e`."""
    return "".join(char if char.isprintable() else _escape(char) for char in text)


def _escape(char: str) -> str:
    number = ord(char)
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"
