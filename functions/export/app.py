"""The export: a ZIP of CSV files, made while it is sent. ``?rows=`` sets how many rows, 200,000 by default.

Neither the archive nor a file in it is ever whole in memory. So memory does not grow with the size, which
may be far more than the 6 MB of a buffered response.
"""

import csv
import io
import random
import zipfile
from collections.abc import Iterator
from typing import Any

from lambda_streaming import HttpResponseStream, LambdaContext, ResponseStream, streamify_response

DEFAULT_ROWS = 200_000
MAX_ROWS = 2_000_000
ROWS_A_FILE = 100_000

COLUMNS = ("order", "customer", "product", "quantity", "price", "checksum")


@streamify_response
def handler(event: dict[str, Any], response_stream: ResponseStream, context: LambdaContext) -> None:
    """Stream the archive; respond with a 400 if ``rows`` is not a number of rows."""
    text = event.get("queryStringParameters", {}).get("rows", str(DEFAULT_ROWS))
    if not (text.isascii() and text.isdecimal() and 1 <= int(text) <= MAX_ROWS):
        reject(response_stream, f"rows must be a whole number from 1 to {MAX_ROWS}, not {text!r}\n")
        return
    headers = {"Content-Type": "application/zip", "Content-Disposition": 'attachment; filename="orders.zip"'}
    stream = HttpResponseStream.from_(response_stream, {"statusCode": 200, "headers": headers})
    rows = orders(int(text))
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for number, first in enumerate(range(0, int(text), ROWS_A_FILE), start=1):
            with archive.open(f"orders-{number:02}.csv", "w") as member:
                write_csv(member, rows, min(ROWS_A_FILE, int(text) - first))
    stream.end()


def reject(response_stream: ResponseStream, message: str) -> None:
    """Respond with a 400 and ``message``."""
    headers = {"Content-Type": "text/plain; charset=utf-8"}
    HttpResponseStream.from_(response_stream, {"statusCode": 400, "headers": headers}).end(message)


def write_csv(member: Any, rows: Iterator[tuple[object, ...]], count: int) -> None:
    """Write the next ``count`` rows as one CSV file."""
    with io.TextIOWrapper(member, encoding="utf-8", newline="") as text:
        writer = csv.writer(text)
        writer.writerow(COLUMNS)
        for _ in range(count):
            writer.writerow(next(rows))


def orders(count: int) -> Iterator[tuple[object, ...]]:
    """Yield invented orders, the same for the same ``count``."""
    numbers = random.Random(count)
    for order in range(1, count + 1):
        customer = numbers.randrange(100_000)
        price = numbers.randrange(100, 100_000)
        yield (
            order,
            f"customer-{customer:05}",
            f"product-{price % 997}",
            price % 7 + 1,
            price / 100,
            f"{numbers.getrandbits(128):032x}",
        )
