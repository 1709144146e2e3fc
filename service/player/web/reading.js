// Where on the page each sentence of a recording stands. The page's text is read, never changed.

const SKIPPED = "script,style,noscript,template,textarea,select,button,nav,listen-article,[hidden],[aria-hidden=true]";
/** Letters, but for tatweel, and digits. */
const LETTER = /[^\P{L}\u0640]|\p{N}/u;
const CLOSING = /^[\s\u200c-\u200f]*[\p{Po}\p{Pe}\p{Pf}\x22']+/u;
const OPENING = /[\p{Ps}\p{Pi}\x22']+$/u;
/** A sentence shorter than this may stand elsewhere by chance: it is looked for nearby only. */
const SHORT = 12;
const NEARBY = 2000;

/** Letters and digits alone, so that white space, vowel marks, tatweel and punctuation can't part text from page. */
export function letters(text) {
  return [...text].filter((char) => LETTER.test(char)).join("");
}

/** The text under `root`, letter by letter, each with its place. */
export class Page {
  constructor(root) {
    this.root = root;
    this.letters = "";
    this.nodes = [];
    this.offsets = [];
    this.begins = [];
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_ALL, (node) => {
      if (node.nodeType === Node.TEXT_NODE) return NodeFilter.FILTER_ACCEPT;
      const skipped = node.nodeType !== Node.ELEMENT_NODE || /** @type {Element} */ (node).matches(SKIPPED);
      return skipped ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_SKIP;
    });
    const found = [];
    while (walker.nextNode()) this.take(walker.currentNode, found);
    this.letters = found.join("");
  }

  take(node, found) {
    let begins = true;
    let offset = 0;
    for (const char of node.data) {
      if (LETTER.test(char)) {
        for (let unit = 0; unit < char.length; unit += 1) {
          this.nodes.push(node);
          this.offsets.push(offset + unit);
          this.begins.push(begins);
        }
        found.push(char);
        begins = false;
      } else if (/\s|\p{P}/u.test(char)) begins = true;
      offset += char.length;
    }
  }

  /** First place of whole words `needle` in `[from, until)`; -1 where there is none. */
  find(needle, from, until) {
    for (let at = this.letters.indexOf(needle, from); at >= 0 && at < until; at = this.letters.indexOf(needle, at + 1)) {
      const end = at + needle.length;
      if (this.begins[at] && (end >= this.letters.length || this.begins[end])) return at;
    }
    return -1;
  }

  range(from, to) {
    const range = document.createRange();
    range.setStart(this.nodes[from], this.offsets[from]);
    range.setEnd(this.nodes[to - 1], this.offsets[to - 1] + 1);
    return range;
  }
}

/** Sentences and words of the marks as stretches `[from, to]` of the page's letters; null where not on the page. */
export class Reading {
  constructor(root, marks) {
    this.page = new Page(root);
    this.sentences = [];
    this.cursor = 0;
    this.add(marks);
  }

  /** Take in the marks that have come since. */
  add(marks) {
    for (const mark of marks.slice(this.sentences.length)) this.sentences.push(this.locate(mark));
  }

  locate(mark) {
    const needle = letters(mark.text);
    const until = needle.length < SHORT ? this.cursor + NEARBY : Infinity;
    const from = needle ? this.page.find(needle, this.cursor, until) : -1;
    if (from < 0) return null;
    this.cursor = from + needle.length;
    return { from, to: this.cursor, words: this.words(mark, from) };
  }

  words(mark, from) {
    if (!mark.span || !mark.words?.length) return [];
    const points = [...mark.text]; // spans count code points
    const count = (place) => letters(points.slice(0, place - mark.span[0]).join("")).length;
    return mark.words.map(({ span }) => [from + count(span[0]), from + count(span[1])]);
  }

  get found() {
    return this.sentences.some(Boolean);
  }

  /** The sentence with the punctuation around it; null where it is not on the page. */
  range(index) {
    const place = this.sentences[index];
    if (!place) return null;
    const range = this.page.range(place.from, place.to);
    const before = range.startContainer.textContent.slice(0, range.startOffset).match(OPENING);
    const after = range.endContainer.textContent.slice(range.endOffset).match(CLOSING);
    if (before) range.setStart(range.startContainer, range.startOffset - before[0].length);
    if (after) range.setEnd(range.endContainer, range.endOffset + after[0].length);
    return range;
  }

  wordRange(index, word) {
    const place = this.sentences[index]?.words[word];
    return place && place[1] > place[0] ? this.page.range(...place) : null;
  }

  /** Index of the sentence under a point of the window; -1 where none is. */
  under(x, y) {
    const caret = document.caretPositionFromPoint?.(x, y);
    const old = caret ? null : document.caretRangeFromPoint?.(x, y);
    const node = caret?.offsetNode ?? old?.startContainer;
    const offset = caret?.offset ?? old?.startOffset;
    if (!node || !this.page.root.contains(node)) return -1;
    return this.sentences.findIndex((_, index) => {
      const range = this.range(index);
      return range?.isPointInRange(node, offset) && covers(range, x, y);
    });
  }
}

/** Whether a point lies on the range's own lines, and not in the margin beside them. */
function covers(range, x, y) {
  return [...range.getClientRects()].some((r) => x >= r.left && x <= r.right && y >= r.top - 4 && y <= r.bottom + 4);
}
