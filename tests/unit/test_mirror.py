"""Unit tests mirror the sources; a module without a file of its own is listed here with what covers it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tools import ROOT

PACKAGES = {
    "lambda_streaming": ROOT / "layers" / "streaming" / "lambda_streaming",
    "local_lambda": ROOT / "local_lambda",
    "functions": ROOT / "functions",
}
UNIT = ROOT / "tests" / "unit"

_LAYER = "integration/lambda_streaming"
_SHARED = f"{_LAYER}/shared"
_RIC = "conformance/awslambdaric/test_corpus.py"
_CLI = "integration/local_lambda/cli"
_URL = "integration/local_lambda/endpoints/function_url"
_API = "integration/local_lambda/endpoints/lambda_api"
_CONSOLE = "integration/local_lambda/endpoints/console"
_REST = "integration/local_lambda/endpoints/rest_api"
_PROCESS = "integration/local_lambda/process"
_MANAGED = "integration/local_lambda/platform/test_managed_instances.py"
_ENVIRONMENTS = "integration/local_lambda/platform/test_environments.py"

# By package and path. They do I/O, start the process they are in, or only pass on what others decide.
COVERED_BY = {
    "lambda_streaming/__init__.py": "unit/lambda_streaming/test_public_names.py",
    "lambda_streaming/__main__.py": f"{_LAYER}/test_handler_forms.py",
    "lambda_streaming/_application_kind.py": f"{_LAYER}/frameworks/test_asgi_protocol.py",
    "lambda_streaming/_awslambdaric.py": f"{_LAYER}/test_awslambdaric_names.py",
    "lambda_streaming/_call_error.py": "unit/lambda_streaming/test_decorator.py",
    "lambda_streaming/_context.py": "unit/lambda_streaming/test_invocation.py",
    "lambda_streaming/_error_report.py": f"{_LAYER}/test_platform.py",
    "lambda_streaming/_event_loop.py": "unit/lambda_streaming/test_decorator.py",
    "lambda_streaming/_exceptions.py": f"{_LAYER}/test_errors.py",
    "lambda_streaming/_finished.py": "unit/lambda_streaming/test_response_stream.py",
    "lambda_streaming/_handler_loader.py": _RIC,
    "lambda_streaming/_handler_result.py": "unit/lambda_streaming/test_decorator.py",
    "lambda_streaming/_http_response_stream.py": "unit/lambda_streaming/test_response_stream.py",
    "lambda_streaming/_in_memory_client.py": "unit/lambda_streaming/test_testing.py",
    "lambda_streaming/_invocation_loop.py": f"{_LAYER}/test_platform.py",
    "lambda_streaming/_json_fallback.py": "unit/lambda_streaming/test_json_codec.py",
    "lambda_streaming/_lifecycle.py": f"{_LAYER}/frameworks/test_lifespan.py",
    "lambda_streaming/_lifespan.py": f"{_LAYER}/frameworks/test_lifespan.py",
    "lambda_streaming/_logging_hook.py": _RIC,
    "lambda_streaming/_logging_root.py": _RIC,
    "lambda_streaming/_main.py": f"{_LAYER}/test_environment.py",
    "lambda_streaming/_managed_instances.py": "conformance/awslambdaric/test_managed_instances.py",
    "lambda_streaming/_marshal_response.py": _RIC,
    "lambda_streaming/_powertools_tracer.py": "conformance/tools/test_tools.py",
    "lambda_streaming/_shared_connection.py": f"{_SHARED}/test_backpressure.py",
    "lambda_streaming/_shared_context.py": f"{_SHARED}/test_logging.py",
    "lambda_streaming/_shared_invocation.py": f"{_SHARED}/test_isolation.py",
    "lambda_streaming/_shared_loop.py": f"{_SHARED}/test_processes.py",
    "lambda_streaming/_shared_stream.py": f"{_SHARED}/test_backpressure.py",
    "lambda_streaming/_snapstart.py": _RIC,
    "lambda_streaming/_streaming.py": "unit/lambda_streaming/test_decorator.py",
    "lambda_streaming/_sse_stream.py": "unit/lambda_streaming/test_sse.py",
    "lambda_streaming/_sys_path.py": "conformance/awslambdaric/test_module_path.py",
    "lambda_streaming/_trace.py": f"{_SHARED}/test_logging.py",
    "lambda_streaming/_unmarked.py": f"{_LAYER}/test_stream_on_context.py",
    "lambda_streaming/_write_batching.py": "unit/lambda_streaming/test_response_stream.py",
    "lambda_streaming/types.py": "conformance/type_checkers/test_typing.py",
    "lambda_streaming/wsgi.py": f"{_LAYER}/frameworks/test_requests.py",
    "local_lambda/__init__.py": f"{_CLI}/test_start.py",
    "local_lambda/__main__.py": f"{_CLI}/test_start.py",
    "local_lambda/cli/arguments.py": f"{_CLI}/test_start.py",
    "local_lambda/cli/banner.py": f"{_CLI}/test_start.py",
    "local_lambda/cli/deployment.py": f"{_CLI}/test_reload.py",
    "local_lambda/cli/invoke.py": f"{_CLI}/test_invoke.py",
    "local_lambda/cli/loop_errors.py": "integration/local_lambda/platform/test_faults.py",
    "local_lambda/cli/main.py": f"{_CLI}/test_start.py",
    "local_lambda/cli/precompile.py": f"{_CLI}/test_precompile.py",
    "local_lambda/cli/reload.py": f"{_CLI}/test_reload.py",
    "local_lambda/cli/start.py": f"{_CLI}/test_start.py",
    "local_lambda/cli/stdout.py": f"{_CLI}/test_invoke.py",
    "local_lambda/cli/stdout_response.py": f"{_CLI}/test_invoke.py",
    "local_lambda/endpoints/console/description.py": f"{_CONSOLE}/test_server.py",
    "local_lambda/endpoints/console/errors.py": f"{_CONSOLE}/test_server.py",
    "local_lambda/endpoints/console/files.py": f"{_CONSOLE}/test_server.py",
    "local_lambda/endpoints/console/handler.py": f"{_CONSOLE}/test_server.py",
    "local_lambda/endpoints/console/html_frame.py": f"{_CONSOLE}/test_bodies.py",
    "local_lambda/endpoints/console/log_stream.py": f"{_CONSOLE}/test_following.py",
    "local_lambda/endpoints/endpoint.py": f"{_CLI}/test_start.py",
    "local_lambda/endpoints/function_url/handler.py": f"{_URL}/test_streaming.py",
    "local_lambda/endpoints/lambda_api/handler.py": f"{_API}/test_lambda_api.py",
    "local_lambda/endpoints/lambda_api/invoke.py": f"{_API}/test_lambda_api.py",
    "local_lambda/endpoints/lambda_api/response.py": f"{_API}/test_lambda_api.py",
    "local_lambda/endpoints/request.py": f"{_URL}/test_streaming.py",
    "local_lambda/endpoints/rest_api/handler.py": f"{_REST}/test_rest_api.py",
    "local_lambda/http/connection.py": "integration/local_lambda/http/test_fuzz.py",
    "local_lambda/http/exchange.py": "integration/local_lambda/http/test_http.py",
    "local_lambda/http/message.py": "integration/local_lambda/http/test_http.py",
    "local_lambda/http/request_reader.py": "integration/local_lambda/http/test_refusals.py",
    "local_lambda/http/server.py": "integration/local_lambda/http/test_http.py",
    "local_lambda/model/function.py": "unit/local_lambda/sam/test_template.py",
    "local_lambda/model/settings.py": f"{_CLI}/test_start.py",
    "local_lambda/platform/environment.py": _ENVIRONMENTS,
    "local_lambda/platform/managed_environment.py": _MANAGED,
    "local_lambda/platform/runtime_api/base.py": "unit/local_lambda/platform/runtime_api/test_server.py",
    "local_lambda/platform/runtime_api/managed.py": _MANAGED,
    "local_lambda/platform/runtime_api/response.py": "unit/local_lambda/platform/runtime_api/test_server.py",
    "local_lambda/platform/sandbox.py": _ENVIRONMENTS,
    "local_lambda/platform/runtime_api/replies.py": "unit/local_lambda/platform/runtime_api/test_states.py",
    "local_lambda/process/debugger.py": f"{_PROCESS}/test_debugger.py",
    "local_lambda/process/launch_spec.py": _ENVIRONMENTS,
    "local_lambda/process/namespace.py": f"{_PROCESS}/test_namespace.py",
    "local_lambda/process/node.py": f"{_PROCESS}/test_node.py",
    "local_lambda/process/offspring.py": f"{_PROCESS}/test_offspring.py",
    "local_lambda/process/process.py": _ENVIRONMENTS,
    "local_lambda/process/runtime_client.py": "conformance/awslambdaric/test_runtime_client.py",
    "local_lambda/process/watchdog.py": f"{_PROCESS}/test_process.py",
    "local_lambda/sam/function_layers.py": "unit/local_lambda/sam/test_template.py",
    "local_lambda/sam/function_variables.py": "unit/local_lambda/sam/test_env_vars.py",
    "local_lambda/sam/includes.py": "unit/local_lambda/sam/test_rest_api.py",
    "local_lambda/sam/build_record.py": f"{_CLI}/test_build.py",
    "local_lambda/sam/missing_python.py": f"{_CLI}/test_build.py",
    "local_lambda/sam/sam_build.py": f"{_CLI}/test_build.py",
    "functions/counter/app.py": "end_to_end/project/test_functions.py",
    "functions/export/app.py": "end_to_end/project/test_export.py",
    "functions/image/app.py": "end_to_end/project/test_functions.py",
}


def modules() -> Iterator[tuple[str, Path]]:
    """Package and path below it of every module that holds more than a docstring."""
    for package, root in PACKAGES.items():
        for path in sorted(root.rglob("*.py")):
            lines = path.read_text().splitlines()
            if path.name != "__init__.py" or len(lines) > 1:
                yield package, path.relative_to(root)


def mirrored(package: str, path: Path) -> Path:
    """Where the unit test of a module has its place; the underscore of a private name is left out."""
    return UNIT / package / path.with_name(f"test_{path.stem.removeprefix('_')}.py")


def test_every_module_has_its_unit_test_or_is_listed() -> None:
    without = {f"{package}/{path}" for package, path in modules() if not mirrored(package, path).exists()}
    assert without - COVERED_BY.keys() == set(), "neither tested in its own file nor listed in COVERED_BY"
    assert COVERED_BY.keys() - without == set(), "listed in COVERED_BY, but gone or tested in its own file"


def test_what_covers_the_others_exists() -> None:
    assert [test for test in COVERED_BY.values() if not (ROOT / "tests" / test).is_file()] == []


def test_every_unit_test_is_of_a_module() -> None:
    places = {mirrored(package, path) for package, path in modules()}
    found = {path for package in PACKAGES for path in (UNIT / package).rglob("test_*.py")}
    assert found - places - {UNIT / "lambda_streaming" / "test_public_names.py"} == set()
