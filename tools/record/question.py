"""A question to AWS: a request, what the probe does with it, and what is worth comparing of the answer."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

INTEGRATION = "application/vnd.awslambda.http-integration-response"

Steps = list[list[Any]]


@dataclass(frozen=True, kw_only=True)
class Question:
    """One request to one of the probe's function URLs."""

    name: str
    asks: str
    url: str = "Stream"
    do: Steps = field(default_factory=list)
    method: str = "GET"
    path: str = "/"
    query: str = ""
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""
    compare_times: bool = False
    """Whether it is a part of the answer that the first piece came long before the end."""
    long: bool = False
    """Takes minutes and 200 MB: asked with --all only."""

    @property
    def target(self) -> str:
        """The request's target: path, query, and the steps for the probe."""
        parts = [self.query] if self.query else []
        if self.do:
            parts.append(f"do={quote(json.dumps(self.do, separators=(',', ':')), safe='')}")
        return self.path + ("?" + "&".join(parts) if parts else "")
