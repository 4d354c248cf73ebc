"""What the last build was made of: whether `sam build` has anything to do."""

import json
from pathlib import Path

from local_lambda.model.function import SamOptions
from local_lambda.sam.fingerprint import fingerprint, newest_change, oldest_change
from local_lambda.sam.manifest import builds, reads_elsewhere
from local_lambda.sam.template import Template, built_path, with_build

# Beside the build, which `sam build` empties.
_FILE = "local-lambda.json"


class BuildRecord:
    """Compares a source template and all that is built for it with what was there when it was built."""

    def __init__(self, source: Template, options: SamOptions) -> None:
        self._source = source
        self._options = options
        self._built = built_path(source.path)
        self._file = self._built.parent.parent / _FILE
        self._kept = self._read()
        self._elsewhere = any(reads_elsewhere(*one) for each in source.functions for one in builds(each))

    def state(self, *words: str) -> str:
        """A digest of every input as it is now, and of some words."""
        return fingerprint(self._inputs, *words)

    def is_current(self, state: str) -> bool:
        """Whether the build was made of this state, and of nothing that it does not tell of."""
        return not self._elsewhere and self._kept == (state, fingerprint([self._built]))

    def is_the_users_own(self) -> bool:
        """Whether somebody else has run `sam build` (in a container, say), after the last change."""
        if self._elsewhere or not self._built.is_file() or self._kept[1] == fingerprint([self._built]):
            return False
        if newest_change(self._inputs) >= oldest_change([self._built.parent]):
            return False
        return with_build(self._source, self._source.path, self._options).source is not None

    def keep(self, state: str) -> None:
        """Remember that the build is ours, and made of this state; of "", it is not current for any."""
        self._file.write_text(json.dumps({"state": state, "built": fingerprint([self._built])}))

    def _read(self) -> tuple[str, str]:
        try:
            kept = json.loads(self._file.read_text())
            return str(kept["state"]), str(kept["built"])
        except (OSError, ValueError, LookupError, TypeError):
            return "", ""

    @property
    def _inputs(self) -> list[Path]:
        names = ("samconfig.toml", "samconfig.yaml", "samconfig.yml")
        configs = [self._options.config_file.resolve()] if self._options.config_file else []
        configs = configs or [self._source.path.with_name(name) for name in names]
        directories = [directory for function in self._source.functions for directory, _ in builds(function)]
        return [*self._source.files, *configs, *directories]
