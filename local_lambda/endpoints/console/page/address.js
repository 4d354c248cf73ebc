// The request in the page's address: a reload has it, and whoever the address is sent to. It stands after the #,
// which is sent to no server.
const LONGEST_BODY = 16_000;
const FIELDS = ["name", "event", "method", "path", "headers", "body", "sign", "network"];
const DEFAULTS = { method: "GET", path: "/" };

export function toHash(request) {
  const fields = new URLSearchParams();
  for (const name of FIELDS) {
    const value = request[name] === true ? "1" : request[name];
    if (value && value !== DEFAULTS[name] && !(name === "body" && value.length > LONGEST_BODY)) fields.set(name, value);
  }
  return `#${fields}`;
}

export function fromHash(hash) {
  const fields = Object.fromEntries(new URLSearchParams(hash.slice(1)));
  return { ...fields, event: fields.event === "1", sign: fields.sign === "1" };
}
