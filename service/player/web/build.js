// Elements without markup strings, so that Trusted Types and strict policies have nothing to object to.

const SVG = "http://www.w3.org/2000/svg";

/** Paths on a 24-unit grid. */
const ICONS = {
  play: "M8 5v14l12-7z",
  pause: "M6 5h4v14H6zm8 0h4v14h-4z",
  previous: "M5 5h2v14H5zm14 1v12l-10-6z",
  back: "M12 5a8 8 0 1 1-8 8m8-8 3-3m-3 3 3 3",
  more: "M6 12h0m6 0h0m6 0h0",
  close: "M6 6l12 12m0-12L6 18",
};

/** @param {Record<string, unknown>} props attributes; `onclick` and its like are listeners */
function furnish(element, props, children) {
  for (const [name, value] of Object.entries(props)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

export function h(tag, props = {}, ...children) {
  return furnish(document.createElement(tag), props, children);
}

/** @param {string} name its class: style sheets tell which are filled and which are lines @param {string} [path] */
export function icon(name, path = ICONS[name]) {
  const draw = (tag, props, ...children) => furnish(document.createElementNS(SVG, tag), props, children);
  return draw("svg", { viewBox: "0 0 24 24", "aria-hidden": "true", class: `icon ${name}` }, draw("path", { d: path }));
}

/**
 * A round button whose drawing says what its label says in words.
 * @param {import("./words.js").Words} words
 * @param {string} name of its label
 * @param {(event: Event) => void} act
 * @param {{part?: string, drawing?: string, values?: Record<string, number>, text?: string|Node, kind?: string}} [looks]
 */
export function button(words, name, act, { part = name, drawing = name, values, text = "", kind = "tool" } = {}) {
  const label = words.say(name, values);
  return h("button", { type: "button", class: kind, part, "aria-label": label, title: label, onclick: act }, icon(drawing), text);
}
