// The panel below the button during playback: position, seeking, speed, and the button for the options.
import { button, h } from "./build.js";

const RATES = [0.75, 1, 1.25, 1.5, 1.75, 2];

export class Panel {
  /**
   * @param {import("./words.js").Words} words
   * @param {Record<string, (...given: any[]) => void>} acts toggle, move, jump, seek, rate
   * @param {number} step seconds that a press moves
   * @param {HTMLElement} options
   */
  constructor(words, acts, step, options) {
    this.words = words;
    this.acts = acts;
    this.step = step;
    this.options = options;
    /** The reader's finger is on the slider: time does not move it. */
    this.dragging = false;
    this.element = h("div", { class: "panel", part: "panel", hidden: true }, this.seekBar(), this.tools(), options);
  }

  seekBar() {
    const { words, acts } = this;
    this.elapsed = h("span", { class: "clock", part: "time", "aria-hidden": "true" });
    this.total = h("span", { class: "clock", part: "time", "aria-hidden": "true" });
    this.ticks = h("div", { class: "ticks", "aria-hidden": "true" });
    this.slider = h("input", {
      type: "range", min: 0, max: 0, step: "any", value: 0, part: "slider", "aria-label": words.say("seek"),
      oninput: () => {
        this.dragging = true;
        this.show(this.slider.valueAsNumber, Number(this.slider.max));
      },
      onchange: () => {
        this.dragging = false;
        acts.seek(this.slider.valueAsNumber);
      },
    });
    return h("div", { class: "seek" }, this.elapsed, h("div", { class: "rail" }, this.slider, this.ticks), this.total);
  }

  tools() {
    const { words, acts, step } = this;
    const n = { n: step };
    const fifteen = () => h("span", { class: "count", "aria-hidden": "true" }, words.plain.format(step));
    this.sentenceButtons = [
      button(words, "previous", () => acts.jump(-1)),
      button(words, "next", () => acts.jump(1), { drawing: "previous", kind: "tool turned" }),
    ];
    this.rate = h(
      "select",
      { class: "pick rate", dir: "ltr", part: "speed", "aria-label": words.say("speed"), title: words.say("speed"), onchange: () => acts.rate(Number(this.rate.value)) },
      ...RATES.map((rate) => new Option(`${words.plain.format(rate)}×`, String(rate), rate === 1, rate === 1)),
    );
    this.more = button(words, "more", () => this.unfold());
    this.more.ariaExpanded = "false";
    return h(
      "div",
      { class: "tools" },
      this.sentenceButtons[0],
      button(words, "back", () => acts.move(-step), { values: n, text: fifteen() }),
      button(words, "forward", () => acts.move(step), { values: n, text: fifteen(), drawing: "back", kind: "tool turned" }),
      this.sentenceButtons[1],
      h("span", { class: "gap" }),
      this.rate,
      this.more,
    );
  }

  unfold() {
    this.options.hidden = !this.options.hidden;
    this.more.ariaExpanded = String(!this.options.hidden);
  }

  render(started, duration, hasMarks) {
    this.element.hidden = !started;
    this.slider.disabled = !duration;
    for (const each of this.sentenceButtons) each.disabled = !hasMarks;
  }

  /** Show the position, unless the reader is dragging the slider. */
  place(seconds, duration) {
    if (!this.dragging) this.show(seconds, duration);
  }

  show(seconds, duration) {
    const { words, slider } = this;
    const now = words.clock(seconds);
    slider.max = duration;
    if (!this.dragging) slider.value = seconds;
    slider.style.setProperty("--at", `${duration ? (seconds / duration) * 100 : 0}%`);
    if (now === this.elapsed.textContent && duration === this.length) return;
    this.length = duration;
    this.elapsed.textContent = now;
    this.total.textContent = duration ? words.clock(duration) : "";
    slider.ariaValueText = words.say("position", { now: words.spell(seconds), total: words.spell(duration) });
  }

  /** Chapters: a tick wherever a heading is read. */
  chapters(marks, duration) {
    const headings = marks.filter((mark) => mark.role === "heading" && duration);
    this.ticks.replaceChildren(
      ...headings.map((mark) => {
        const tick = h("i");
        tick.style.insetInlineStart = `${(mark.start / duration) * 100}%`;
        return tick;
      }),
    );
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("select")) return;
    const act = this.actFor(event);
    if (!act) return;
    event.preventDefault();
    act();
  }

  /** By the key's place and not its letter, so that J, K and L work on an Arabic keyboard too. */
  actFor({ code, target }) {
    const { acts } = this;
    const onward = this.words.dir === "rtl" ? -1 : 1;
    const level = target.matches("[part=volume]");
    if (code === "Space") return target.matches("button,a,[type=checkbox]") ? null : acts.toggle;
    if (code === "KeyK") return acts.toggle;
    if (code === "KeyJ") return () => acts.move(-this.step);
    if (code === "KeyL") return () => acts.move(this.step);
    if (code === "ArrowRight" && !level) return () => acts.move(5 * onward);
    if (code === "ArrowLeft" && !level) return () => acts.move(-5 * onward);
    const digit = code.match(/^(?:Digit|Numpad)(\d)$/)?.[1];
    return digit ? () => acts.seek((Number(this.slider.max) * digit) / 10) : null;
  }
}
