"""Builds a site out of the Markdown files in pages/: one HTML page each, with a list of all pages beside it.

The part of Markdown that such pages need: headings, paragraphs, lists, quotes, code, emphasis, links. A link to a page
that does not exist is an error and named; then nothing is changed. What is built replaces the old site as a whole.
"""

import html
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

PAGES, SITE = Path("pages"), Path("site")
FRAME = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<link rel="stylesheet" href="style.css">
<nav><ul>
{links}
</ul></nav>
<main>
{body}
</main>
</html>
"""
STYLE = """body { font: 1.05rem/1.55 sans-serif; display: flex; gap: 3rem; max-width: 60rem; margin: 2rem auto }
nav ul { list-style: none; padding: 0 } main { flex: 1 } pre { padding: .8rem; background: #f3f3f3; overflow: auto }
"""
HEADING = re.compile(r"(#{1,6}) +(.*)")
ITEM = re.compile(r"(?:([-*])|\d+\.) +(.*)")
STARTS = re.compile(rf"{HEADING.pattern}|{ITEM.pattern}")
LINK = re.compile(r"\[([^\]]+)\]\(([^)\s]+)\)")


def inline(text: str) -> str:
    """A line of text with what may stand in it; nothing is looked for inside `code`."""
    parts = re.split(r"(`[^`]+`)", text)
    return "".join(f"<code>{html.escape(part[1:-1])}</code>" if part[:1] == "`" else _words(part) for part in parts)


def _words(text: str) -> str:
    text = html.escape(text, quote=False)
    text = re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", text)
    text = re.sub(r"\*(.+?)\*", r"<em>\1</em>", text)
    return LINK.sub(lambda link: f'<a href="{html.escape(target_of(link[2]))}">{link[1]}</a>', text)


def target_of(address: str) -> str:
    """Where a link leads in the site."""
    return re.sub(r"^([\w-]+)\.md\b", r"\1.html", address)


def render(lines: list[str]) -> Iterator[str]:
    """The HTML of Markdown, block by block."""
    left = [*lines, ""]
    while left:
        line = left.pop(0)
        if line.startswith("```"):
            end = next((place for place, each in enumerate(left) if each.startswith("```")), len(left))
            yield f"<pre><code>{html.escape(chr(10).join(left[:end]))}</code></pre>"
            del left[: end + 1]
        elif heading := HEADING.match(line):
            level = len(heading[1])
            yield f"<h{level}>{inline(heading[2])}</h{level}>"
        elif item := ITEM.match(line):
            kind = "ul" if item[1] else "ol"
            yield (
                f"<{kind}>\n"
                + "\n".join(f"<li>{inline(each)}</li>" for each in _take_items(item[2], left))
                + f"\n</{kind}>"
            )
        elif line.startswith(">"):
            yield f"<blockquote>{inline(' '.join([line, *_take(left, '>')]).replace('> ', ''))}</blockquote>"
        elif line.strip():
            yield f"<p>{inline(' '.join([line, *_take(left, '')]))}</p>"


def _take(left: list[str], begin: str) -> Iterator[str]:
    """The lines that go on with a paragraph or a quote."""
    while left and left[0].strip() and left[0].startswith(begin) and not STARTS.match(left[0]):
        yield left.pop(0)


def _take_items(first: str, left: list[str]) -> list[str]:
    """The items of a list; indented lines go on with the one before."""
    items = [first]
    while left and left[0].strip():
        if item := ITEM.match(left[0]):
            items.append(item[2])
        elif left[0].startswith("  "):
            items[-1] += " " + left[0].strip()
        else:
            break
        del left[0]
    return items


def find_broken_links(pages: dict[str, list[str]]) -> list[str]:
    """A sentence for each link to a page that is not there."""
    return [
        f"{name}.md, line {number}: links to {target}, which does not exist"
        for name, lines in pages.items()
        for number, line in enumerate(lines, 1)
        for _, target in LINK.findall(line)
        if target.partition("#")[0].endswith(".md") and target.partition("#")[0][:-3] not in pages and ":" not in target
    ]


def title_of(name: str, lines: list[str]) -> str:
    """The first heading, else the name of the file."""
    return next((heading[2] for line in lines if (heading := HEADING.match(line))), name)


def build(pages: dict[str, list[str]], place: Path) -> None:
    """Write every page."""
    titles = {name: html.escape(title_of(name, lines)) for name, lines in pages.items()}
    order = sorted(pages, key=lambda name: (name != "index", name))
    links = "\n".join(f'<li><a href="{name}.html">{titles[name]}</a></li>' for name in order)
    for name in order:
        page = FRAME.format(title=titles[name], links=links, body="\n".join(render(pages[name])))
        (place / f"{name}.html").write_text(page, encoding="utf-8")
        print(f"{name}.md -> {SITE / name}.html ({len(page)} characters)")
    (place / "style.css").write_text(STYLE, encoding="utf-8")


def main() -> None:
    """Everything."""
    pages = {path.stem: path.read_text(encoding="utf-8").splitlines() for path in sorted(PAGES.glob("*.md"))}
    if not pages:
        sys.exit(f"There are no Markdown files in {PAGES}/.")
    if broken := find_broken_links(pages):
        sys.exit("\n".join([*broken, "Nothing was built."]))
    new, old = SITE.with_suffix(".new"), SITE.with_suffix(".old")
    for place in (new, old):
        shutil.rmtree(place, ignore_errors=True)
    new.mkdir()
    build(pages, new)
    if SITE.exists():
        SITE.rename(old)
    new.rename(SITE)
    shutil.rmtree(old, ignore_errors=True)
    print(f"Built {len(pages)} pages.")


if __name__ == "__main__":
    main()
