// JSON with a line for each value. The text is spaced out and not read: numbers and names stay as they were written.
const OPEN = "{[";
const CLOSE = "}]";

// Null when the text is not JSON.
export function indented(text) {
  try {
    JSON.parse(text);
  } catch {
    return null;
  }
  const tokens = text.match(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g) ?? [];
  let depth = 0;
  let result = "";
  tokens.forEach((token, index) => {
    const empty = OPEN.includes(tokens[index - 1] ?? " ") && CLOSE.includes(token);
    if (CLOSE.includes(token)) depth -= 1;
    if (CLOSE.includes(token) && !empty) result += line(depth);
    else if (index && !empty && startsLine(tokens[index - 1])) result += line(depth);
    result += token === ":" ? ": " : token;
    if (OPEN.includes(token)) depth += 1;
  });
  return result;
}

const startsLine = (previous) => OPEN.includes(previous) || previous === ",";

const line = (depth) => `\n${"  ".repeat(depth)}`;
