// Lights text up: by the CSS Custom Highlight API, or else by spans that leave no trace.
import pageStyles from "./highlight.css" with { type: "css" };

const NAMES = ["istami-sentence", "istami-word"];

/** Changes nothing in the document: the browser paints the ranges. */
class Highlights {
  paint(ranges) {
    NAMES.forEach((name, i) => {
      if (ranges[i]) CSS.highlights.set(name, new Highlight(ranges[i]));
      else CSS.highlights.delete(name);
    });
  }

  clear() {
    this.paint([]);
  }
}

/** For browsers without highlights: sets spans in place of text nodes, and the same text nodes back again. */
class Spans {
  constructor() {
    this.undo = [];
  }

  paint([sentence]) {
    this.clear();
    if (!sentence) return;
    for (const [node, from, to] of stretches(sentence)) {
      const span = document.createElement("span");
      span.className = NAMES[0];
      span.textContent = node.data.slice(from, to);
      const parts = [node.data.slice(0, from), span, node.data.slice(to)].filter(Boolean);
      const texts = parts.map((part) => (typeof part === "string" ? new Text(part) : part));
      node.replaceWith(...texts);
      this.undo.push(() => {
        texts[0].before(node);
        for (const part of texts) part.remove();
      });
    }
  }

  clear() {
    for (const back of this.undo) back();
    this.undo = [];
  }
}

/** The pieces of text nodes that a range covers. */
function stretches(range) {
  const found = [];
  const walker = document.createTreeWalker(range.commonAncestorContainer, NodeFilter.SHOW_TEXT);
  const first = walker.currentNode.nodeType === Node.TEXT_NODE ? walker.currentNode : walker.nextNode();
  for (let node = /** @type {Text} */ (first); node; node = /** @type {Text} */ (walker.nextNode())) {
    if (!range.intersectsNode(node)) continue;
    const from = node === range.startContainer ? range.startOffset : 0;
    const to = node === range.endContainer ? range.endOffset : node.length;
    if (to > from && node.data.slice(from, to).trim()) found.push([node, from, to]);
  }
  return found;
}

/** @returns {{paint(ranges: (Range|null)[]): void, clear(): void}} sentence first, word second */
export function painter() {
  if (!document.adoptedStyleSheets.includes(pageStyles)) document.adoptedStyleSheets.push(pageStyles);
  return globalThis.Highlight ? new Highlights() : new Spans();
}
