// Elements without markup strings, so that Trusted Types and strict policies have nothing to object to.

const SVG = "http://www.w3.org/2000/svg";

/** Paths on a 24-unit grid; `player.css` tells which are filled and which are lines. */
const ICONS = {
  play: "M8 5v14l12-7z",
  pause: "M6 5h4v14H6zm8 0h4v14h-4z",
  previous: "M5 5h2v14H5zm14 1v12l-10-6z",
  back: "M12 5a8 8 0 1 1-8 8m8-8 3-3m-3 3 3 3",
  more: "M6 12h0m6 0h0m6 0h0",
  sound: "M3 9v6h4l5 4V5L7 9zm13-1a5 5 0 0 1 0 8m2-11a9 9 0 0 1 0 14",
  silent: "M3 9v6h4l5 4V5L7 9zm13 0 6 6m0-6-6 6",
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

export function icon(name) {
  const draw = (tag, props, ...children) => furnish(document.createElementNS(SVG, tag), props, children);
  return draw("svg", { viewBox: "0 0 24 24", "aria-hidden": "true", class: `icon ${name}` }, draw("path", { d: ICONS[name] }));
}
