"""A git repository on this disk."""

import os
import subprocess
from pathlib import Path


class Repository:
    """Somebody's repository with one file."""

    def __init__(self, place: Path) -> None:
        self.place = place
        place.mkdir()
        self.git("init", "-q", "-b", "main")
        self.commit("one")

    @property
    def url(self) -> str:
        """Its address."""
        return f"file://{self.place}"

    def git(self, *arguments: str) -> str:
        """Run git in it."""
        who = {
            f"GIT_{role}_{what}": "ada@git.example" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
        }
        env = {"PATH": os.environ["PATH"], "GIT_CONFIG_GLOBAL": os.devnull, **who}
        done = subprocess.run(["git", *arguments], cwd=self.place, env=env, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    def commit(self, content: str) -> str:
        """Change the file; returns the commit's id."""
        (self.place / "what").write_text(content)
        self.git("add", "-A")
        self.git("commit", "-q", "-m", content)
        return self.git("rev-parse", "HEAD")
