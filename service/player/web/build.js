// Elements without markup strings, so that Trusted Types and strict policies have nothing to object to.

const SVG = "http://www.w3.org/2000/svg";

/** Paths on a 24-unit grid. */
const ICONS = {
  play: "M8 5.1v13.8a1 1 0 0 0 1.5.9l11-6.9a1 1 0 0 0 0-1.8l-11-6.9A1 1 0 0 0 8 5.1Z",
  pause: "M7 4.5h2.5a1 1 0 0 1 1 1v13a1 1 0 0 1-1 1H7a1 1 0 0 1-1-1v-13a1 1 0 0 1 1-1Zm7.5 0H17a1 1 0 0 1 1 1v13a1 1 0 0 1-1 1h-2.5a1 1 0 0 1-1-1v-13a1 1 0 0 1 1-1Z",
  previous: "M6 5h2v14H6zM19 6.2v11.6a.8.8 0 0 1-1.250.66L9.3 12.66a.8.8 0 0 1 0-1.32l8.45-5.8A.8.8 0 0 1 19 6.2Z",
  back: "M12 4.5v-3L8 5.3l4 3.8V6a7 7 0 1 1-7 7H3.5A8.5 8.5 0 1 0 12 4.5Z",
  more: "M6 10a2 2 0 1 0 0 4 2 2 0 0 0 0-4Zm6 0a2 2 0 1 0 0 4 2 2 0 0 0 0-4Zm6 0a2 2 0 1 0 0 4 2 2 0 0 0 0-4Z",
  sound: "M4 9.5v5h3.5L12 19V5L7.5 9.5Zm10.5-1.8v8.6a4.8 4.8 0 0 0 0-8.6Zm0-4.2v2.1a6.8 6.8 0 0 1 0 12.8v2.1a8.8 8.8 0 0 0 0-17Z",
  silent: "M4 9.5v5h3.5L12 19V5L7.5 9.5Zm16.700.2-1.4-1.4-2.3 2.3-2.3-2.3-1.4 1.4 2.3 2.3-2.3 2.3 1.4 1.4 2.3-2.3 2.3 2.3 1.4-1.4-2.3-2.3Z",
  close: "m17.6 5-5.6 5.6L6.4 5 5 6.4l5.6 5.6L5 17.6 6.4 19l5.6-5.6 5.6 5.6 1.4-1.4-5.6-5.6L19 6.4Z",
};

/** @param {Record<string, unknown>} props attributes; `onclick` and its like are listeners */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", `icon ${name}`);
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}
