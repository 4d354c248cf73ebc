"""Which tests of the frameworks' own suites end differently through the adapters, each with its reason."""

from __future__ import annotations

_NO_PREFIX = "a function URL has no prefix: root_path, or SCRIPT_NAME, is empty"
_DEBUG = "http.response.debug, by which a test sees the template, is an extension of the test client alone"
_TRAILERS = "http.response.trailers is an extension that a function URL cannot offer"
_HOST = "the scope's server is made of Host, and the test sends one that names no host"
_PUSH = "the test sends a message of HTTP/2's push, whatever the scope offers"
_STREAM = "the head leaves with the first byte: an exception ahead of it fails the invocation"

DIFFERENCES: dict[str, dict[str, str]] = {
    "starlette": {
        "tests/middleware/test_gzip.py::test_gzip_excluded_content_type_trailers[asyncio]": _TRAILERS,
        "tests/middleware/test_gzip.py::test_gzip_trailers[asyncio-False-gzip]": _TRAILERS,
        "tests/middleware/test_gzip.py::test_gzip_trailers[asyncio-False-identity]": _TRAILERS,
        "tests/middleware/test_gzip.py::test_gzip_trailers[asyncio-True-gzip]": _TRAILERS,
        "tests/middleware/test_gzip.py::test_gzip_trailers[asyncio-True-identity]": _TRAILERS,
        "tests/middleware/test_https_redirect.py::test_https_redirect_middleware[asyncio]": _HOST,
        "tests/test_requests.py::test_request_headers[asyncio]": "an event has no Connection header",
        "tests/test_requests.py::test_request_send_push_promise[asyncio]": _PUSH,
        "tests/test_responses.py::test_response_phrase[asyncio]": "statuses below 200 are no responses: "
        "the test sends a 123",
        "tests/test_routing.py::test_paths_with_root_path[asyncio]": _NO_PREFIX,
        "tests/test_routing.py::test_url_for_with_root_path[asyncio]": _NO_PREFIX,
        "tests/test_routing.py::test_url_for_with_root_path_ending_with_slash[asyncio]": _NO_PREFIX,
        "tests/test_templates.py::test_calls_context_processors[asyncio]": _DEBUG,
        "tests/test_templates.py::test_template_with_middleware[asyncio]": _DEBUG,
        "tests/test_templates.py::test_templates[asyncio]": _DEBUG,
        "tests/test_templates.py::test_templates_with_directories[asyncio]": _DEBUG,
        "tests/test_templates.py::test_templates_with_environment[asyncio]": _DEBUG,
    },
    "fastapi": {
        "tests/test_dependency_after_yield_streaming.py::test_broken_session_stream_no_raise": _STREAM,
    },
    "flask": {
        "tests/test_testing.py::test_blueprint_with_subdomain": _NO_PREFIX,
        "tests/test_testing.py::test_environ_defaults_from_config": _NO_PREFIX,
    },
    "werkzeug": {
        "tests/test_test.py::test_path_info_script_name_unquoting": _NO_PREFIX,
        "tests/test_test.py::test_raw_request_uri": "an event does not tell a `?` without a query from none",
        **{
            f"tests/test_utils.py::test_append_slash_redirect[True-{case}": _NO_PREFIX
            for case in (
                "/-http://example.org/app-http://example.org/app/]",
                "/foo-http://example.org/app-http://example.org/app/foo/]",
                "/foo/-http://example.org/app-http://example.org/app/foo/]",
                "/foo/bar-http://example.org/app-http://example.org/app/foo/bar/]",
                "foo-http://example.org/app-http://example.org/app/foo/]",
            )
        },
    },
}
