// The bench's function for Node's runtime, in its faster style: write, and wait for "drain" when told to.
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";

const METADATA = { statusCode: 200, headers: { "Content-Type": "text/plain" } };
const ALPHABET = "abcdefghijklmnopqrstuvwxyz";

let ready = { size: -1, chunks: [] };

function chunks(size) {
  if (ready.size !== size) {
    const turned = [0, 1, 2, 3].map((variant) => ALPHABET.slice(variant) + ALPHABET.slice(0, variant));
    ready = { size, chunks: turned.map((letters) => Buffer.alloc(size, letters)) };
  }
  return ready.chunks;
}

// process.hrtime is CLOCK_MONOTONIC, the clock of Python's perf_counter_ns.
const stamp = () => process.hrtime.bigint().toString().padStart(20, "0") + "\n";

function compute(nanoseconds) {
  const until = process.hrtime.bigint() + nanoseconds;
  while (process.hrtime.bigint() < until);
}

async function lines(query, stream) {
  const pause = Number(query.pause_us) / 1000;
  for (let number = 0; number < Number(query.lines); number++) {
    stream.write(stamp());
    if (query.mode !== "ticker") stream.write(stamp());
    if (query.mode === "computing") compute(BigInt(query.pause_us) * 1000n);
    else await sleep(pause);
  }
}

async function body(query, stream) {
  const turns = chunks(Number(query.size));
  const writes = Number(query.writes);
  for (let number = 0; number < writes; number++) {
    if (!stream.write(turns[number & 3])) await once(stream, "drain");
  }
}

export const handler = awslambda.streamifyResponse(async (event, responseStream, _context) => {
  const query = event.queryStringParameters;
  const stream = awslambda.HttpResponseStream.from(responseStream, METADATA);
  await (query.mode === "body" ? body : lines)(query, stream);
  stream.end();
});
