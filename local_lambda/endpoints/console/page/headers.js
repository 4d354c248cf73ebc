// Header lines as they are typed: pairs, and what is wrong with a line (RFC 9110 section 5).
const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const COMPUTED = ["content-length", "transfer-encoding"];

export function parseHeaders(text) {
  const pairs = [];
  const faults = [];
  text.split("\n").forEach((line, index) => {
    if (!line.trim()) return;
    const colon = line.indexOf(":");
    const name = line.slice(0, Math.max(0, colon)).trim();
    const fault = faultOf(line, colon, name);
    if (fault) faults.push(`Line ${index + 1}: ${fault}`);
    else pairs.push([name, line.slice(colon + 1).trim()]);
  });
  return { pairs, faults };
}

function faultOf(line, colon, name) {
  if (colon < 0) return `“${line.trim()}” has no colon. Expected “Name: value”.`;
  if (!NAME.test(name)) return `“${name}” is no header name. Expected letters, digits and hyphens.`;
  if (COMPUTED.includes(name.toLowerCase())) return `${name} is computed from the body. Take it out.`;
  if (/[\u0000-\u0008\u000b-\u001f\u007f]/.test(line)) return `The value of ${name} has a control character in it.`;
  return "";
}
