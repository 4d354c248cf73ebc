// AWS's event stream encoding: lengths and CRC, headers, payload, CRC.
// https://smithy.io/2.0/aws/amazon-eventstream.html
const FIXED = 16;
const BEFORE_HEADERS = 12;
const text = new TextDecoder();

export class Decoder {
  constructor() {
    this.rest = new Uint8Array();
  }

  // Takes bytes cut anywhere, returns the messages that are complete: {type, payload}.
  feed(bytes) {
    const messages = [];
    let data = this.rest.length ? joined([this.rest, bytes]) : bytes;
    while (data.length >= 4) {
      const length = view(data).getUint32(0);
      if (length < FIXED) throw new Error(`expected a message, read the length ${length}`);
      if (data.length < length) break;
      messages.push(message(data.subarray(0, length)));
      data = data.subarray(length);
    }
    this.rest = data.slice();
    return messages;
  }
}

export function joined(pieces) {
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

const view = (bytes) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

function message(bytes) {
  const end = BEFORE_HEADERS + view(bytes).getUint32(4);
  const headers = new Map();
  for (let at = BEFORE_HEADERS; at < end; ) {
    const name = text.decode(bytes.subarray(at + 1, (at += 1 + bytes[at])));
    const length = view(bytes).getUint16(at + 1); // after the type, which is always that of a string
    headers.set(name, text.decode(bytes.subarray(at + 3, (at += 3 + length))));
  }
  return { type: headers.get(":event-type"), payload: bytes.slice(end, bytes.length - 4) };
}

export const json = (payload) => JSON.parse(text.decode(payload));
