"""The counter without Lambda: the lines of functions/counter, 20 ms apart, from one event loop."""

import asyncio

HEAD = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"


async def count(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Serve one request."""
    await reader.readuntil(b"\r\n\r\n")
    writer.write(HEAD)
    for number in range(101):
        await asyncio.sleep(0.02)
        line = b"Hello %d \n" % number
        writer.write(b"%x\r\n%b\r\n" % (len(line), line))
        await writer.drain()
    writer.write(b"0\r\n\r\n")
    await writer.drain()
    writer.close()


async def main() -> None:
    """Serve on a free port, which is printed."""
    server = await asyncio.start_server(count, "127.0.0.1", backlog=1024)
    print(f"listening on {server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


asyncio.run(main())
