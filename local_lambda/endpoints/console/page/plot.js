// Bytes over time, of one run or of two over one another: ticks, the first byte marked, a dot for each chunk.
import { size, seconds } from "./units.js";
import { ticks } from "./ticks.js";

const SVG = "http://www.w3.org/2000/svg";
const LEFT = 62, RIGHT = 14, TOP = 22, BOTTOM = 26;
const MOST_POINTS = 600;
const MOST_DOTS = 240;

// A curve is {steps: [[milliseconds, bytes until then]], chunks, first, elapsed}; the other one may be null.
export function draw(svg, curve, other = null) {
  const { width, height } = svg.getBoundingClientRect();
  const curves = [other, curve].filter((one) => one?.steps.length);
  const time = Math.max(1, ...curves.map(({ elapsed }) => elapsed));
  const bytes = Math.max(1, ...curves.map(({ steps }) => steps.at(-1)[1]));
  const scale = {
    x: (t) => LEFT + ((width - LEFT - RIGHT) * t) / time,
    y: (b) => height - BOTTOM - ((height - BOTTOM - TOP) * b) / bytes,
  };
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.replaceChildren();
  grid(svg, scale, { width, height, time, bytes });
  if (other) line(svg, other, scale, "line other");
  if (curve?.steps.length > 1) {
    mark(svg, curve, scale, { width, height });
    line(svg, curve, scale, "line");
    dots(svg, curve, scale);
  }
  svg.setAttribute("aria-label", described(curve));
}

function described(curve) {
  if (!(curve?.steps.length > 1)) return "Bytes over time";
  const { steps, chunks, first, elapsed } = curve;
  return `Bytes over time: the first after ${seconds(first)}, ${size(steps.at(-1)[1])} in ${chunks} chunks until ${seconds(elapsed)}`;
}

function grid(svg, { x, y }, { width, height, time, bytes }) {
  for (const at of ticks(bytes, Math.max(2, Math.floor(height / 45)))) {
    add(svg, "path", { class: "grid", d: `M${LEFT} ${y(at)}H${width - RIGHT}` });
    add(svg, "text", { x: LEFT - 8, y: y(at) + 4, "text-anchor": "end" }, bytes > 1 ? plain(size(at)) : "");
  }
  for (const at of ticks(time, Math.max(2, Math.floor(width / 110)))) {
    add(svg, "path", { class: "grid", d: `M${x(at)} ${TOP}V${height - BOTTOM + 4}` });
    const anchor = x(at) > width - 40 ? "end" : "middle";
    add(svg, "text", { x: x(at), y: height - 8, "text-anchor": anchor }, time > 1 ? plain(seconds(at)) : "");
  }
}

// "1.50 s" as "1.5 s".
const plain = (text) => text.replace(/(\.\d*?)0+ /, "$1 ").replace(". ", " ");

function mark(svg, { first }, { x }, { width, height }) {
  const at = x(first);
  const left = at > width - 130;
  add(svg, "path", { class: "first", d: `M${at} ${TOP - 6}V${height - BOTTOM}` });
  add(svg, "text", { class: "first", x: at + (left ? -6 : 6), y: TOP - 9, "text-anchor": left ? "end" : "start" }, `first byte ${seconds(first)}`);
}

function line(svg, { steps, elapsed }, { x, y }, name) {
  let path = `M${x(0)} ${y(0)}`;
  for (const [t, b] of thinned(steps, MOST_POINTS)) path += `H${x(t).toFixed(1)}V${y(b).toFixed(1)}`;
  add(svg, "path", { class: name, d: `${path}H${x(elapsed).toFixed(1)}` });
}

function dots(svg, { steps }, { x, y }) {
  if (steps.length > MOST_DOTS) return; // they would be a second line
  for (const [t, b] of steps.slice(1)) add(svg, "circle", { cx: x(t).toFixed(1), cy: y(b).toFixed(1), r: 2.5 });
}

const thinned = (steps, most) => {
  const every = Math.ceil(steps.length / most);
  return steps.filter((_, index) => index % every === 0 || index === steps.length - 1);
};

function add(svg, name, attributes, text = "") {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.textContent = text;
  svg.append(made);
}
