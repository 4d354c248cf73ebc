"""The layers of a function: those of the template, and those by ARN whose content is given."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from local_lambda.model.function import Layer
from local_lambda.sam.layer_content import LayerContents, layer_name


def layers_of(name: str, function: Any, contents: LayerContents, notices: list[str]) -> Iterator[Layer]:
    """Yield the layers of a function of SAM CLI's; a notice is added for each without content."""
    for layer in function.layers:
        if _is_missing(layer, contents):
            notices.append(
                f"{name}: the layer {layer.arn} is left out: its content is on AWS only "
                f"(--layer {layer_name(layer.arn)}=FOLDER|ZIP|PACKAGE gives it some)"
            )
            continue
        if not layer.codeuri:
            yield Layer(contents.content(layer.arn, str(function.runtime)))
            continue
        content = Path(layer.codeuri).resolve()
        # `sam build` puts a layer with a Python BuildMethod below python/; this is the source when it is not.
        method = str(layer.build_method or "")
        python = method.startswith("python") and not (content / "python").is_dir()
        yield Layer(content, "python" if python else "", method)


def missing_layers(function: Any, contents: LayerContents) -> tuple[str, ...]:
    """Return the ARNs of the layers that are left out."""
    return tuple(layer.arn for layer in function.layers if _is_missing(layer, contents))


def layers_passed_over(name: str, resource: Any, layers: list[Any]) -> list[str]:
    """Return a notice for each layer that SAM CLI passes over, because it is to be had on AWS only."""
    known = {layer.arn for layer in layers}
    declared = (resource.get("Properties") or {}).get("Layers") or []
    names = [one.get("Ref") or json.dumps(one) if isinstance(one, dict) else str(one) for one in declared]
    return [
        f"{name}: the layer {one} is left out: its content is on AWS only"
        for one in names
        if one not in known
    ]


def _is_missing(layer: Any, contents: LayerContents) -> bool:
    return not layer.codeuri and not contents.is_known(layer.arn)
