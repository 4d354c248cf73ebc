"""What a stack runs: its template as deployed, and the archives it names; unpacked, they can be served."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from samcli.yamlhelper import yaml_dump, yaml_parse

_ARCHIVES = ("CodeUri", "ContentUri")


def archives(cloudformation: Any, s3: Any, stack: str) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Return the deployed template, and the archive of each function and layer by its logical id."""
    template = yaml_parse(cloudformation.get_template(StackName=stack)["TemplateBody"])
    found = {}
    for logical_id, resource in template["Resources"].items():
        for name in _ARCHIVES:
            place = urlsplit(str(resource.get("Properties", {}).get(name, "")))
            if place.scheme == "s3":
                stored = s3.get_object(Bucket=place.netloc, Key=place.path.lstrip("/"))
                found[logical_id] = stored["Body"].read()
    return template, found


def unpack(cloudformation: Any, s3: Any, stack: str, directory: Path) -> Path:
    """Unpack the archives; return the deployed template, with their directories where it named archives."""
    template, found = archives(cloudformation, s3, stack)
    for logical_id, archive in found.items():
        _extract(archive, directory / logical_id)
        properties = template["Resources"][logical_id]["Properties"]
        for name in _ARCHIVES:
            if name in properties:
                properties[name] = str(directory / logical_id)
    path = directory / "template.yaml"
    path.write_text(yaml_dump(template))
    return path


def _extract(archive: bytes, directory: Path) -> None:
    """Extract with the archive's modes: Lambda does, and an exec wrapper needs its execute bit."""
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        for entry in opened.infolist():
            path = Path(opened.extract(entry, directory))
            if not entry.is_dir():
                path.chmod(entry.external_attr >> 16 & 0o777)
