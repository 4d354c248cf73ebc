// Round numbers from 0 to `end`, about as many as asked for: 1, 2 or 5 times a power of ten apart.
export function ticks(end, about) {
  const rough = end / about;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10);
  const count = Math.floor(end / step + 1e-9);
  return Array.from({ length: count + 1 }, (_, index) => index * step);
}
