// How a body can be shown, by its content type and its first bytes; the first way is the one that is taken unasked.
const TEXT = /^(text\/|application\/(.*\+)?(json|xml|javascript|ecmascript|yaml|x-ndjson|ndjson|jsonl|x-www-form-urlencoded|graphql|sql)\b)/;

export function kindsOf(contentType, encoding, start, hasFrame) {
  const type = contentType.toLowerCase().split(";")[0].trim();
  if (encoding && encoding !== "identity") return ["hex"];
  if (type === "image/svg+xml") return ["image", "text", "hex"];
  if (type.startsWith("image/")) return ["image", "hex"];
  if (type === "text/event-stream") return ["events", "text", "hex"];
  if (type === "text/html" && hasFrame) return ["html", "text", "hex"];
  if (/^application\/(.*\+)?json$/.test(type)) return ["json", "text", "hex"];
  if (TEXT.test(type)) return ["text", "hex"];
  return looksLikeText(start) ? ["text", "hex"] : ["hex"];
}

export const charsetOf = (contentType) => /charset\s*=\s*"?([^\s;"]+)/i.exec(contentType)?.[1] ?? "";

// Whether the first bytes are UTF-8, perhaps cut within a character, with no control characters but those of text.
export function looksLikeText(bytes) {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true });
    return !/[\u0000-\u0008\u000e-\u001a\u001c-\u001f]/.test(text);
  } catch {
    return false;
  }
}
