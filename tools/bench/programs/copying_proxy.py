"""A proxy that copies bytes both ways and knows nothing: the least that can stand before streams."""

import asyncio
import sys


async def copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Copy until the end of one side."""
    while data := await reader.read(65_536):
        writer.write(data)
        await writer.drain()
    writer.write_eof()


async def main(origin: int) -> None:
    """Serve on a free port, which is printed."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", origin)
        await asyncio.gather(copy(reader, back), copy(there, writer))
        writer.close()
        back.close()

    server = await asyncio.start_server(serve, "127.0.0.1", backlog=1024)
    print(f"listening on {server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


asyncio.run(main(int(sys.argv[1])))
