// The page's elements.
export const $ = (id) => document.getElementById(id);

// Children are elements, or strings that become text: nothing is ever parsed as HTML.
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

// Calls `work` soon, once for all the calls meanwhile; a timer, because a page in the background draws no frames.
export function batched(work, milliseconds = 50) {
  let timer = null;
  return () => {
    timer ??= setTimeout(() => {
      timer = null;
      work();
    }, milliseconds);
  };
}
