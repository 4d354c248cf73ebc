"""`sam build` before serving: only when it is due, and without what cannot be built on this machine."""

import sys
from collections.abc import Callable, Mapping

from local_lambda.model.function import ConfigurationError, SamOptions
from local_lambda.sam.build_record import BuildRecord
from local_lambda.sam.missing_python import missing_pythons, notice
from local_lambda.sam.sam_command import SamCommand, culprits, reason
from local_lambda.sam.samconfig import builds_in_container
from local_lambda.sam.template import Template


def build(
    source: Template, options: SamOptions, environ: Mapping[str, str], say: Callable[[str], None]
) -> list[str]:
    """Build a template if anything has changed since its last build.

    Returns what the user should know about it. Raises ConfigurationError when nothing could be built.
    """
    import samcli

    record, command = BuildRecord(source, options), SamCommand(source.path, options, environ)
    if record.is_the_users_own():
        return []
    in_container = builds_in_container(source.path, options)
    missing = {} if in_container else missing_pythons(source, command.search_path)
    notices = [notice(*one) for one in missing.items()]
    excluded = sorted({*source.left_out, *(name for names in missing.values() for name in names)})
    state = record.state(samcli.__version__, sys.version, command.search_path, *command.arguments(excluded))
    if not record.is_current(state):
        say("Building with sam build ...")
        failed = _build_what_can_be(command, excluded)
        notices += [f"{name} is served unbuilt. {why}" for name, why in failed.items()]
        record.keep("" if failed else state)  # what could not be built is tried again
    return notices


def _build_what_can_be(command: SamCommand, excluded: list[str]) -> dict[str, str]:
    """Build; returns what cannot be built, each with its reason."""
    failed: dict[str, str] = {}
    while (done := command.run([*excluded, *failed])).returncode != 0:
        found, why = culprits(done.stdout), reason(done.stdout)
        # The same reason once more: it was not what is left out now.
        if not found or why in failed.values():
            sys.stderr.write(done.stdout)
            raise ConfigurationError("`sam build` failed: its output is above.")
        failed |= dict.fromkeys(found, why)
    return failed
