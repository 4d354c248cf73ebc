// The prelude that the Lambda API passes on as it is: JSON, eight NUL bytes, then the body.
// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-custom.html
import { joined } from "./eventstream.js";

const NULS = 8;
const LIMIT = 1024 * 1024;
const BRACE = 0x7b;

export class PreludeDecoder {
  constructor() {
    this.held = [];
    this.passed = false;
  }

  // Returns {prelude, body}: no prelude when there is none, nothing at all while that is open.
  feed(bytes) {
    if (this.passed) return { body: bytes };
    this.held.push(bytes);
    const data = joined(this.held);
    if (data.length && data[0] !== BRACE) return this.#pass(data);
    const at = nuls(data);
    if (at < 0) return data.length > LIMIT ? this.#pass(data) : {};
    const prelude = parsed(data.subarray(0, at));
    return prelude ? { prelude, ...this.#pass(data.slice(at + NULS)) } : this.#pass(data);
  }

  finish() {
    return this.passed ? {} : this.#pass(joined(this.held));
  }

  #pass(body) {
    this.passed = true;
    this.held = [];
    return { body };
  }
}

function nuls(data) {
  for (let at = data.indexOf(0); at >= 0; at = data.indexOf(0, at + 1)) {
    if (at + NULS <= data.length && data.subarray(at, at + NULS).every((byte) => byte === 0)) return at;
  }
  return -1;
}

function parsed(bytes) {
  try {
    const { statusCode = 200, headers = {}, cookies = [] } = JSON.parse(new TextDecoder().decode(bytes));
    const cookieHeaders = cookies.map((cookie) => ["set-cookie", cookie]);
    return { status: statusCode, headers: [...Object.entries(headers), ...cookieHeaders] };
  } catch {
    return null;
  }
}
