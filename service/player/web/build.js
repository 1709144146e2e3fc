// Elements without markup strings, so that Trusted Types and strict policies have nothing to object to.

const SVG = "http://www.w3.org/2000/svg";

/** Paths on a 24-unit grid. */
const ICONS = {
  play: "M8 5v14l12-7z",
  pause: "M6 5h4v14H6zm8 0h4v14h-4z",
  previous: "M5 5h2v14H5zm14 1v12l-10-6z",
  back: "M12 4.5v-3L8 5.3l4 3.8V6a7 7 0 1 1-7 7H3.5A8.5 8.5 0 1 0 12 4.5Z",
  more: "M6 10a2 2 0 1 0 0 4 2 2 0 0 0 0-4Zm6 0a2 2 0 1 0 0 4 2 2 0 0 0 0-4Zm6 0a2 2 0 1 0 0 4 2 2 0 0 0 0-4Z",
  sound: "M3 9v6h4l5 4V5L7 9zm12-2v2a3 3 0 0 1 0 6v2a5 5 0 0 0 0-10Zm0-4v2a7 7 0 0 1 0 14v2a9 9 0 0 0 0-18Z",
  silent: "M3 9v6h4l5 4V5L7 9zm11 .4 5 5 1.4-1.4-5-5zm0 5.2 1.4 1.4 5-5L20 9.2z",
  close: "m17.6 5-5.6 5.6L6.4 5 5 6.4l5.6 5.6L5 17.6 6.4 19l5.6-5.6 5.6 5.6 1.4-1.4-5.6-5.6L19 6.4z",
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
