from __future__ import annotations

import enum
import importlib
import json
import math
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import lambda_streaming._json_codec

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(st.characters(codec=None)),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)

INVALID = [
    "",
    " ",
    "{",
    "[1,]",
    '{"a":1,}',
    "{'a':1}",
    '"\n"',
    "nul",
    "1 2",
    "01",
    "+1",
    '"\\x"',
    "[1\x0b]",
    "}",
    "-",
]


def without_accelerator() -> ModuleType:
    """The codec as it is where ``_json`` is missing: an own copy, which leaves the module itself alone."""
    spec = lambda_streaming._json_codec.__spec__
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "_json", None)
        spec.loader.exec_module(module)
    assert module._json is None
    return module


PLAIN = without_accelerator()


@pytest.fixture(params=["accelerated", "plain"])
def codec(request: pytest.FixtureRequest) -> Any:
    return lambda_streaming._json_codec if request.param == "accelerated" else PLAIN


def outcome(function: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
    try:
        return function(*arguments, **options)
    except (ValueError, TypeError, RecursionError) as error:
        return type(error), str(error)


@given(VALUES)
def test_dumps_is_json_dumps(value: object) -> None:
    for module in (lambda_streaming._json_codec, PLAIN):
        assert module.dumps(value) == json.dumps(value, ensure_ascii=False)
        assert module.dumps_ascii(value) == json.dumps(value)


@given(VALUES, st.sampled_from(["", " ", "\r\n", "\t \n"]), st.sampled_from(["", " ", "\n\n", "\t\r"]))
def test_loads_is_json_loads(value: object, before: str, after: str) -> None:
    for text in (json.dumps(value), json.dumps(value, ensure_ascii=False), json.dumps(value, indent=2)):
        for module in (lambda_streaming._json_codec, PLAIN):
            assert module.loads(before + text + after) == value


@given(st.text(st.sampled_from('[]{}",:0123eE+-.\\utrfnalse \t\n\r\x00\x0b\u00a0\ufeff\ud800'), max_size=12))
def test_loads_judges_as_json_loads_does(text: str) -> None:
    expected = outcome(json.loads, text.removeprefix("\ufeff"))
    for module in (lambda_streaming._json_codec, PLAIN):
        assert str(outcome(module.loads, text)) == str(expected)


@pytest.mark.parametrize("text", INVALID)
@pytest.mark.parametrize("before", ["", "\n\n  "])
def test_errors_are_worded_as_json_words_them(codec: Any, text: str, before: str) -> None:
    with pytest.raises(ValueError, match="char") as expected:
        json.loads(before + text)
    with pytest.raises(ValueError, match="char") as raised:
        codec.loads(before + text)
    assert type(raised.value) is json.JSONDecodeError
    assert str(raised.value) == str(expected.value)


def test_a_byte_order_mark_is_passed_over(codec: Any) -> None:
    # As json.loads does for bytes, which is what the managed runtime gives it.
    assert codec.loads('\ufeff{"a": 1}') == json.loads('\ufeff{"a": 1}'.encode()) == {"a": 1}


def test_constants(codec: Any) -> None:
    assert math.isnan(codec.loads("NaN"))
    assert codec.loads("[Infinity, -Infinity]") == [math.inf, -math.inf]
    assert codec.dumps([math.nan, math.inf, -math.inf]) == "[NaN, Infinity, -Infinity]"


def test_numbers_keep_their_type(codec: Any) -> None:
    assert [type(n) for n in codec.loads("[1, 1.0, 1e2, -0]")] == [int, float, float, int]
    assert codec.loads("1" + "0" * 4000) == 10**4000
    assert codec.dumps(10**4000) == "1" + "0" * 4000


def test_an_integer_beyond_pythons_limit_is_refused_as_by_json(codec: Any) -> None:
    text = "1" * 5000
    assert outcome(codec.loads, text) == outcome(json.loads, text)
    assert outcome(codec.loads, text)[0] is ValueError


def test_duplicate_keys_the_last_wins(codec: Any) -> None:
    assert codec.loads('{"a": 1, "a": 2}') == {"a": 2}


def test_surrogates(codec: Any) -> None:
    assert codec.loads('"\\ud83d\\ude00"') == "\U0001f600"
    assert codec.loads('"\\ud800"') == "\ud800"
    assert codec.dumps("\ud800") == '"\ud800"'
    assert codec.dumps_ascii("\ud800") == '"\\ud800"'


def test_keys_that_are_no_strings(codec: Any) -> None:
    value = {2: "a", 1.5: "b", True: "c", None: "d"}
    assert codec.dumps(value) == json.dumps(value)
    assert outcome(codec.dumps, {(1, 2): 3}) == outcome(json.dumps, {(1, 2): 3})


def test_enums_and_subclasses(codec: Any) -> None:
    class Number(enum.IntEnum):
        ONE = 1

    class Text(str):
        __slots__ = ()

    value = [Number.ONE, Text("a"), (1, 2), {"k": Number.ONE}]
    assert codec.dumps(value) == json.dumps(value)


@pytest.mark.parametrize("value", [object(), {1, 2}, b"bytes", [1, {"a": complex(1)}]])
def test_what_json_cannot_say(codec: Any, value: object) -> None:
    assert outcome(codec.dumps, value) == outcome(json.dumps, value)
    with pytest.raises(TypeError, match="is not JSON serializable"):
        codec.dumps_ascii(value)


def test_a_value_that_contains_itself(codec: Any) -> None:
    value: list[object] = []
    value.append(value)
    with pytest.raises(ValueError, match="Circular reference detected"):
        codec.dumps(value)


def test_the_same_value_twice_is_no_circle(codec: Any) -> None:
    inner = {"a": [1]}
    assert codec.dumps([inner, inner]) == '[{"a": [1]}, {"a": [1]}]'


def test_an_error_does_not_spoil_the_next_call(codec: Any) -> None:
    inner: dict[str, object] = {"a": object()}
    for _ in range(2):
        with pytest.raises(TypeError):
            codec.dumps(inner)
    assert codec.dumps({"a": 1}) == '{"a": 1}'


def test_deep_nesting_ends_in_a_recursion_error(codec: Any) -> None:
    with pytest.raises(RecursionError):
        codec.loads("[" * 200_000 + "]" * 200_000)
