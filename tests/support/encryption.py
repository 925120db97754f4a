"""An authority of a test's own, and certificates by it: what is encrypted is tested with the encryption."""

import ssl
from pathlib import Path

import trustme


class Authority:
    """Nobody trusts it but those who are given `file`."""

    def __init__(self, directory: Path) -> None:
        self._ca = trustme.CA()
        self.file = directory / "authority.pem"
        self._ca.cert_pem.write_to_path(self.file)

    def serving(self, name: str = "localhost") -> ssl.SSLContext:
        """What a server of that name encrypts with."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._ca.issue_cert(name).configure_cert(context)
        return context
