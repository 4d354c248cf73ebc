// A slow network on the client's side: what is not taken is not read, and the sender has to wait.

// Bytes a second and milliseconds of latency, as Chromium's developer tools have them.
export const NETWORKS = {
  fast: { rate: 180_000, latency: 562 },
  slow: { rate: 50_000, latency: 2000 },
};

const PIECE = 2048;

export const pause = (ms) => new Promise((done) => setTimeout(done, ms));

// Yields what the reader reads, no faster than the rate: a token bucket that holds a piece.
export async function* read(reader, rate) {
  let allowed = performance.now();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    if (!rate) {
      yield value;
      continue;
    }
    for (let at = 0; at < value.length; at += PIECE) {
      const piece = value.subarray(at, at + PIECE);
      allowed = Math.max(allowed, performance.now() - 50) + (piece.length / rate) * 1000;
      const wait = allowed - performance.now();
      if (wait > 0) await pause(wait);
      yield piece;
    }
  }
}
