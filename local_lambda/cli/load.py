"""The template of a command: found in the current folder, built when that is due."""

import gc
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from local_lambda.model.function import ConfigurationError, SamOptions
from local_lambda.sam.build import with_copies
from local_lambda.sam.sam_build import build
from local_lambda.sam.template import Template, is_built, with_build

# In SAM CLI's order.
_NAMES = ("template.yaml", "template.yml", "template.json")


def find_template(named: Path | None) -> Path:
    """Return the template that is named, else that of the current folder. Raises ConfigurationError."""
    if named is not None:
        return named
    found = next((path for path in map(Path.cwd().joinpath, _NAMES) if path.is_file()), None)
    if found is None:
        raise ConfigurationError(
            f"There is no {', '.join(_NAMES[:-1])} or {_NAMES[-1]} in {Path.cwd()}: name a template with -t."
        )
    return found


def built_template(
    source: Template,
    path: Path,
    options: SamOptions,
    environ: Mapping[str, str],
    say: Callable[[str], None],
    *,
    build_first: bool,
) -> Template:
    """Return what is served of a template, after `sam build` if wanted. Raises ConfigurationError."""
    notices = build(source, options, environ, say) if build_first and not is_built(path) else []
    template = with_build(source, path, options)
    return with_copies(replace(template, notices=[*notices, *template.notices]))


def collect_garbage() -> None:
    """Collect garbage from now on, but never look through what is there: SAM CLI's modules stay.

    A look at them takes a tenth of a second, and holds up every stream that is under way.
    """
    gc.freeze()
    gc.enable()
