// What the reader sees and touches. State comes down through `render`; what they do goes up through `acts`.
import { h, icon } from "./build.js";
import styles from "./player.css" with { type: "css" };

export const STEP = 15;
const RATES = [0.75, 1, 1.25, 1.5, 1.75, 2];
const SLEEPS = [5, 15, 30, 60];

export class View {
  /**
   * @param {ShadowRoot} root
   * @param {import("./words.js").Words} words
   * @param {Record<string, Function>} acts toggle, move, jump, seek, rate, volume, mute, follow, sleep, copy, close
   */
  constructor(root, words, acts) {
    this.words = words;
    this.acts = acts;
    /** The reader's finger is on the slider: time does not move it. */
    this.dragging = false;
    root.adoptedStyleSheets = [styles];
    root.append(this.card(), this.miniBar());
  }

  button(name, act, { part = name, drawing = name, values, text = "", kind = "" } = {}) {
    const label = this.words.say(name, values);
    const props = { type: "button", class: kind || "tool", part, "aria-label": label, title: label, onclick: act };
    return h("button", props, icon(drawing), text);
  }

  card() {
    const { words, acts } = this;
    this.main = this.button("play", acts.toggle, { kind: "main" });
    this.main.append(icon("pause"));
    this.status = h("span", { class: "status", part: "status", role: "status" });
    this.title = h("span", { class: "title", part: "title" }, words.say("listen"));
    this.retry = h("button", { type: "button", class: "retry", part: "retry", hidden: true, onclick: acts.toggle }, words.say("retry"));
    this.panel = h("div", { class: "panel", part: "panel", hidden: true }, this.seekBar(), this.tools(), this.options());
    this.section = h(
      "section",
      { class: "card", part: "player", "aria-label": words.say("player"), lang: words.lang, dir: words.dir, onkeydown: (event) => this.key(event) },
      h("div", { class: "head" }, this.main, h("div", { class: "words" }, this.title, this.status), this.retry),
      this.panel,
    );
    return this.section;
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
        this.place(this.slider.valueAsNumber, Number(this.slider.max));
      },
      onchange: () => {
        this.dragging = false;
        acts.seek(this.slider.valueAsNumber);
      },
    });
    return h("div", { class: "seek" }, this.elapsed, h("div", { class: "rail" }, this.slider, this.ticks), this.total);
  }

  tools() {
    const { words, acts } = this;
    const n = { n: STEP };
    const fifteen = () => h("span", { class: "count", "aria-hidden": "true" }, words.plain.format(STEP));
    this.sentenceButtons = [
      this.button("previous", () => acts.jump(-1)),
      this.button("next", () => acts.jump(1), { drawing: "previous", kind: "tool turned" }),
    ];
    this.rate = h(
      "select",
      { class: "pick rate", dir: "ltr", part: "speed", "aria-label": words.say("speed"), title: words.say("speed"), onchange: () => acts.rate(Number(this.rate.value)) },
      ...RATES.map((rate) => new Option(`${words.plain.format(rate)}×`, rate, rate === 1, rate === 1)),
    );
    this.more = this.button("more", () => this.unfold());
    this.more.ariaExpanded = "false";
    return h(
      "div",
      { class: "tools" },
      this.sentenceButtons[0],
      this.button("back", () => acts.move(-STEP), { values: n, text: fifteen() }),
      this.button("forward", () => acts.move(STEP), { values: n, text: fifteen(), drawing: "back", kind: "tool turned" }),
      this.sentenceButtons[1],
      h("span", { class: "gap" }),
      this.rate,
      this.more,
    );
  }

  options() {
    const { words, acts } = this;
    this.mute = this.button("mute", acts.mute, { drawing: "sound" });
    this.mute.append(icon("silent"));
    this.volume = h("input", {
      type: "range", min: 0, max: 1, step: 0.05, value: 1, part: "volume", "aria-label": words.say("volume"),
      oninput: () => acts.volume(this.volume.valueAsNumber),
    });
    this.followBox = h("input", { type: "checkbox", checked: true, onchange: () => acts.follow(this.followBox.checked) });
    this.follow = h("label", { class: "row", hidden: true }, words.say("follow"), this.followBox);
    this.sleep = h(
      "select",
      { class: "pick", onchange: () => acts.sleep(this.sleep.value) },
      new Option(words.say("sleep_off"), ""),
      ...SLEEPS.map((n) => new Option(words.count("minutes", n), n)),
      new Option(words.say("sleep_sentence"), "sentence"),
    );
    this.download = h("a", { class: "row link", part: "download", download: true, hidden: true }, words.say("download"));
    this.fold = h(
      "div",
      { class: "options", part: "options", hidden: true },
      h("div", { class: "row" }, this.mute, this.volume),
      this.follow,
      h("label", { class: "row" }, words.say("sleep"), this.sleep),
      this.download,
      h("button", { type: "button", class: "row link", part: "copy", onclick: acts.copy }, words.say("copy")),
    );
    return this.fold;
  }

  miniBar() {
    const { words, acts } = this;
    this.miniMain = this.button("play", acts.toggle, { part: "mini-play", kind: "main small" });
    this.miniMain.append(icon("pause"));
    this.miniClock = h("span", { class: "clock" });
    this.miniTitle = h("span", { class: "title" });
    this.mini = h(
      "section",
      { class: "mini", part: "mini", "aria-label": words.say("mini"), lang: words.lang, dir: words.dir, hidden: true, onkeydown: (event) => this.key(event) },
      this.miniMain,
      this.miniTitle,
      this.miniClock,
      this.button("close", acts.close),
    );
    if ("popover" in this.mini) this.mini.popover = "manual"; // above all of the page, whatever its transforms
    return this.mini;
  }

  float(shown) {
    if (this.mini.hidden === !shown) return;
    this.mini.hidden = !shown;
    if (this.mini.popover) this.mini.togglePopover(shown);
  }

  unfold() {
    this.fold.hidden = !this.fold.hidden;
    this.more.ariaExpanded = String(!this.fold.hidden);
  }

  /** Everything but the time. */
  render({ phase, retry, message, duration, started, whole, hasMarks, heading, muted }) {
    const busy = phase === "loading" || phase === "waiting";
    const wanted = busy || phase === "playing";
    const name = this.words.say(wanted ? "pause" : "play");
    for (const button of [this.main, this.miniMain]) button.ariaLabel = button.title = name;
    for (const { classList } of [this.section, this.mini]) {
      classList.toggle("wanted", wanted);
      classList.toggle("busy", busy);
    }
    this.status.ariaLive = phase === "playing" ? "off" : "polite"; // the voice has the floor
    if (this.status.textContent !== message) this.status.textContent = message;
    this.retry.hidden = !retry;
    this.panel.hidden = !started;
    this.slider.disabled = !duration;
    for (const button of this.sentenceButtons) button.disabled = !hasMarks;
    this.download.hidden = !whole;
    if (whole && this.download.getAttribute("href") !== whole) this.download.href = whole;
    this.miniTitle.textContent = heading;
    this.mute.dataset.muted = String(muted);
    this.mute.ariaLabel = this.mute.title = this.words.say(muted ? "unmute" : "mute");
  }

  /** Where the heard moment stands on the rail. */
  place(seconds, duration) {
    const { words, slider } = this;
    const now = words.clock(seconds);
    slider.max = duration;
    if (!this.dragging) slider.value = seconds;
    slider.style.setProperty("--at", `${duration ? (seconds / duration) * 100 : 0}%`);
    if (now === this.elapsed.textContent && duration === this.length) return;
    this.length = duration;
    this.elapsed.textContent = now;
    this.total.textContent = duration ? words.clock(duration) : "";
    this.miniClock.textContent = now;
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
    const level = target === this.volume;
    if (code === "Space") return target.matches("button,a,[type=checkbox]") ? null : acts.toggle;
    if (code === "KeyK") return acts.toggle;
    if (code === "KeyJ") return () => acts.move(-STEP);
    if (code === "KeyL") return () => acts.move(STEP);
    if (code === "ArrowRight" && !level) return () => acts.move(5 * onward);
    if (code === "ArrowLeft" && !level) return () => acts.move(-5 * onward);
    const digit = code.match(/^(?:Digit|Numpad)(\d)$/)?.[1];
    return digit ? () => acts.seek((Number(this.slider.max) * digit) / 10) : null;
  }
}
