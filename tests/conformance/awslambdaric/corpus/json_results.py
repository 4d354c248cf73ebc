"""What a handler returns, as the body of the response."""

from tests.conformance.awslambdaric.case import PYTHON_3_11, PYTHON_3_13, Call, Case, results

NAMES = """
    import collections, decimal, enum, typing, datetime, uuid, dataclasses, types, fractions, pathlib
    from decimal import Decimal
    D = Decimal
    nan, inf = float("nan"), float("inf")

    class Text(str):
        def __str__(self): return "not this"
        __repr__ = __str__

    class Number(int):
        def __str__(self): return "not this"
        __repr__ = __str__

    class Real(float):
        def __str__(self): return "not this"
        __repr__ = __str__

    class Colour(enum.Enum):
        RED = "red"

    class Level(enum.IntEnum):
        HIGH = 3

    class Name(str, enum.Enum):
        ANN = "ann"

    Point = collections.namedtuple("Point", "x y")

    class Place(typing.NamedTuple):
        point: Point
        name: str = "here"

    class Pair(tuple): pass
    class Items(list): pass
    class Mapping(dict): pass

    class AsDict:
        def __init__(self, result): self.result = result
        def _asdict(self): return self.result

    class ListAsDict(list):
        def _asdict(self): return {"list": list(self)}

    class AsDictFails:
        def _asdict(self): raise ValueError("no dict today")

    class AsDictNeedsMore:
        def _asdict(self, more): return {}

    class ForJson:
        def for_json(self): return 1

    class Data:
        def __init__(self): self.x = 1

    @dataclasses.dataclass
    class Record:
        x: int = 1

    def loop_list():
        a = [1]; a.append(a); return a

    def loop_dict():
        a = {}; a["self"] = {"again": a}; return a

    def loop_asdict():
        a = AsDict({}); a.result["self"] = a; return a

    def deep(depth, make=list):
        value = 1
        for _ in range(depth):
            value = [value] if make is list else {"a": value}
        return value

    async def coroutine(): pass

    class Odd:
        def __class_getitem__(cls, item): return item
"""

PLAIN = (
    "None", "True", "False", "0", "-1", "1.0", "1.5e300", "5e-324", "0.1 + 0.2", "-0.0", "1e16", "1e-7",
    "2 ** 53 + 1", "10 ** 30", "-(10 ** 400)", "10 ** 4300", "nan", "inf", "-inf",
    "[nan, inf, {'a': -inf}]", "''", "'text'", "[]", "{}", "()", "[[]]", "[{}]", "{'a': []}",
    "{'a': {}, 'b': [1, 2, {'c': None}]}", "(1, (2, 3), [4])", "'\\x00\\x1f\\x7f\\x80'",
    "'\"\\\\/\\b\\f\\n\\r\\t'", "'é ü €'", "'\\U0001f600'", "'\\u2028\\u2029'", "'</script>'",
    "{'é': 'ü', '\\U0001f600': 1}", "'x' * 70000", "list(range(3000))", "{'statusCode': 200, 'body': 'x'}",
    "[1, 'a', None, True, 2.5]",
)  # fmt: skip

EXOTIC = (
    "Text('abc')", "[Text('abc'), {Text('key'): Text('é')}]", "Number(5)", "[Number(5)]", "{Number(5): 1}",
    "Real(1.5)", "[Real('nan'), Real(2)]", "{Real(1.5): 1}", "Colour.RED", "Level.HIGH", "[Level.HIGH]",
    "{Level.HIGH: Level.HIGH}", "Name.ANN", "{Name.ANN: [Name.ANN]}", "Pair((1, 2))", "Items([1, 2])",
    "Mapping(a=1)", "collections.OrderedDict(b=1, a=2)", "collections.defaultdict(int, {'a': 1})",
    "collections.Counter('aab')", "Point(1, 2)", "[Point(1, [Point(3, 4)])]", "{'p': Point(1, None)}",
    "Place(Point(1, 2))", "AsDict({'a': Point(1, 2)})", "[AsDict({})]", "AsDict([])", "{'a': AsDict(None)}",
    "ListAsDict([1, 2])", "AsDictFails()", "AsDictNeedsMore()", "ForJson()", "types.MappingProxyType({})",
    "D('1.10')", "D(3)", "D('-0')", "D('1E+5')", "D('1E-10')", "D('NaN')", "D('-NaN')", "D('sNaN')",
    "D('Infinity')", "D('-Infinity')", "[D('1.0'), D('NaN')]",
    "{'a': [{'b': D('12345678901234567890.123')}]}", "{D('1.5'): 1}", "b''", "b'bytes'", "b'\\xff\\x00'",
    "[b'abc']", "{'a': b'\\xc3\\xa9'}", "[b'\\xff']", "{b'key': 1}", "{b'\\xff': 1}", "[b'']",
    "bytearray(b'abc')", "[bytearray(b'abc')]", "memoryview(b'abc')", "{1: 1, 1.5: 2, None: 3, False: 4}",
    "{True: 1, 'True': 2}", "{nan: 1, inf: 2}", "{10 ** 30: 1}", "{(1, 2): 3}", "{frozenset(): 1}",
    "{Point(1, 2): 3}", "{'a': 1, 2: {3: {4.5: b'x'}}}", "{1, 2}", "[set()]", "frozenset([1])",
    "{'a': {1}}", "range(3)", "{}.keys()", "{}.values()",
    "open", "lambda: 1", "object()", "Data()", "Record()", "Data",
    "[coroutine()]", "...", "NotImplemented", "1j", "datetime.date(2026, 1, 2)",
    "datetime.datetime(2026, 1, 2)", "uuid.UUID(int=1)", "fractions.Fraction(1, 3)",
    "pathlib.PurePath('a')", "Exception('x')", "[1, {'a': [object()]}]", "collections.deque([1])",
    "types.SimpleNamespace(a=1)", "loop_list()", "loop_dict()", "loop_asdict()", "[Mapping(a=loop_list())]",
    "deep(900)", "deep(900, dict)", "deep(5000)", "deep(100000)", "deep(5000, dict)", "10 ** 5000",
    "[10 ** 5000]", "{10 ** 5000: 1}", "[[1], [1]] * 2", "(lambda a: [a, a, {'x': a}])([1, D(1)])",
    "Odd[1]",
)  # fmt: skip

# What JSON cannot say, and no iterable that is merely waiting to be asked for an iterator.
STREAMS = (
    "(x for x in 'ab')", "generate()", "iter(['a', 'b'])", "map(str, [1, 2])", "open('app.py')",
    "open('app.py', 'rb')", "io.BytesIO(b'ab')", "say('ab')",
)  # fmt: skip

NON_ASCII = (
    "'é'",
    "['€', {'ü': '😀'}]",
    "{'bytes': 'é'.encode()}",
    "Text('é')",
    "[D(1), 'é']",
    "Point('é', 1)",
    "'\\x7f'",
)

CASES = [
    results("results: plain", NAMES, *PLAIN),
    results("results: plain on Python 3.13", NAMES, *PLAIN, environment=PYTHON_3_13),
    results("results: exotic", NAMES, *EXOTIC),
    results("results: exotic on Python 3.13", NAMES, *EXOTIC, environment=PYTHON_3_13),
    *(
        results(
            f"results: non-ASCII on Python {version}",
            NAMES,
            *NON_ASCII,
            environment={"AWS_EXECUTION_ENV": f"AWS_Lambda_python{version}"},
        )
        for version in ("3.10", "3.12", "3.14")
    ),
    results(
        "results: only to be streamed",
        """
        import io

        async def generate():
            yield "a"
            yield "b"

        async def say(text):
            return text
        """,
        *STREAMS,
    ),
    results("results: exotic and deep", NAMES, "[D(1), deep(200)]", "[D(1), deep(600)]"),
    results("results: without AWS_EXECUTION_ENV", "", "'é'", environment={"AWS_EXECUTION_ENV": ""}),
    results(
        "results: lone surrogates", "", "'\\ud800'", "['\\udfff', {'\\ud800': 1}]", environment=PYTHON_3_11
    ),
    Case(
        "results: a lone surrogate on Python 3.13",
        "def handler(event, context): return chr(0xd800)",
        (Call(), Call("the next")),
        environment=PYTHON_3_13,
    ),
]
