// Follow along: the sentence that is heard lights up, and a click on a sentence is heard from there.
import { at } from "./marks.js";
import { painter } from "./paint.js";
import { Reading } from "./reading.js";

const OWN_CLICK = "a,button,input,select,textarea,label,summary,video,audio,[role=button],[contenteditable]";
const MOVES = /^(Page|Home|End|Arrow(Up|Down))/;
const CALM = matchMedia("(prefers-reduced-motion: reduce)");

export class Follow {
  constructor(playback, root) {
    this.playback = playback;
    this.painter = painter();
    this.reading = new Reading(root, playback.marks);
    this.shown = [-1, -1];
    /** The reader reads elsewhere: the page is left where it is. */
    this.away = false;
    this.stopper = new AbortController();
    const options = { signal: this.stopper.signal, passive: true };
    for (const type of ["wheel", "touchmove"]) addEventListener(type, () => (this.away = true), options);
    addEventListener("keydown", (event) => MOVES.test(event.key) && !event.defaultPrevented && (this.away = true), options);
    root.addEventListener("click", (event) => this.click(event), options);
  }

  /** Show what is heard at this moment; cheap enough for every frame. */
  show() {
    const { playback, reading } = this;
    const index = playback.sentence;
    const word = reading.sentences[index]?.words.length ? at(playback.marks[index].words, playback.time) : -1;
    if (index === this.shown[0] && word === this.shown[1]) return;
    const turned = index !== this.shown[0];
    this.shown = [index, word];
    const range = reading.range(index);
    if (turned && range && !this.away && !playback.paused) keepInView(range);
    this.painter.paint([range, reading.wordRange(index, word)]);
  }

  hide() {
    this.painter.clear();
    this.shown = [-1, -1];
  }

  close() {
    this.hide();
    this.stopper.abort();
  }

  click(event) {
    const plain = event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
    if (!plain || event.defaultPrevented || event.target.closest(OWN_CLICK)) return;
    if (!getSelection().isCollapsed) return;
    this.painter.clear();
    const index = this.reading.under(event.clientX, event.clientY);
    this.shown = [-1, -1];
    if (index >= 0) {
      this.away = false;
      this.playback.seek(this.playback.marks[index].start);
      this.playback.play();
    }
    this.show();
  }
}

/** Scrolls only when the sentence has left the part of the window that is comfortable to read. */
function keepInView(range) {
  const { top, bottom } = range.getBoundingClientRect();
  if (top >= innerHeight * 0.12 && bottom <= innerHeight * 0.78) return;
  scrollBy({ top: top - innerHeight * 0.3, behavior: CALM.matches ? "auto" : "smooth" });
}
