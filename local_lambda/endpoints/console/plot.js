// Bytes over time, as an SVG path.
const WIDTH = 400, HEIGHT = 120, LEFT = 8, BOTTOM = 20, TOP = 16;
const SVG = "http://www.w3.org/2000/svg";

function add(svg, name, attributes, text = "") {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.textContent = text;
  svg.append(element);
}

export function size(bytes) {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1e6 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(2)} MB`;
}

export const seconds = (ms) => (ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(2)} s`);

// Points are [milliseconds, bytes until then].
export function draw(svg, points) {
  svg.replaceChildren();
  const [time, bytes] = points.at(-1) ?? [0, 0];
  const x = (t) => LEFT + ((WIDTH - 2 * LEFT) * t) / (time || 1);
  const y = (b) => HEIGHT - BOTTOM - ((HEIGHT - BOTTOM - TOP) * b) / (bytes || 1);
  add(svg, "path", { class: "axis", d: `M${LEFT} ${TOP}V${HEIGHT - BOTTOM}H${WIDTH - LEFT}` });
  let line = `M${x(0)} ${y(0)}`;
  for (const [t, b] of points) line += `H${x(t).toFixed(1)}V${y(b).toFixed(1)}`;
  add(svg, "path", { class: "line", d: line });
  add(svg, "text", { x: LEFT + 4, y: TOP - 4 }, size(bytes));
  add(svg, "text", { x: WIDTH - LEFT, y: HEIGHT - 5, "text-anchor": "end" }, seconds(time));
}
