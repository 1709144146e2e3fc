// The options: volume, highlighting, sleep timer, download, and a link to the current position.
import { h, icon } from "./build.js";

const SLEEPS = [5, 15, 30, 60];
const SOUND = "M3 9v6h4l5 4V5L7 9zm13-1a5 5 0 0 1 0 8m2-11a9 9 0 0 1 0 14";
const SILENT = "M3 9v6h4l5 4V5L7 9zm13 0 6 6m0-6-6 6";

export class Options {
  /**
   * @param {import("./words.js").Words} words
   * @param {import("./playback.js").Playback} playback
   * @param {Record<string, (...given: any[]) => void>} acts follow(on), asleep(), tell(text)
   */
  constructor(words, playback, acts) {
    this.words = words;
    this.playback = playback;
    this.acts = acts;
    /** Whether playback stops at the end of the current sentence. */
    this.sleepHere = false;
    this.element = h(
      "div",
      { class: "options", part: "options", hidden: true },
      this.loudness(),
      this.following(),
      this.sleeping(),
      this.file(),
      h("button", { type: "button", class: "row link", part: "copy", onclick: () => this.copy() }, words.say("copy")),
    );
  }

  loudness() {
    const { words } = this;
    const { audio } = this.playback;
    const mute = () => (audio.muted = !audio.muted);
    this.mute = h("button", { type: "button", class: "tool", part: "mute", onclick: mute }, icon("sound", SOUND), icon("silent", SILENT));
    this.volume = h("input", {
      type: "range", min: 0, max: 1, step: 0.05, value: 1, part: "volume", "aria-label": words.say("volume"),
      oninput: () => Object.assign(audio, { volume: this.volume.valueAsNumber, muted: this.volume.valueAsNumber === 0 }),
    });
    return h("div", { class: "row" }, this.mute, this.volume);
  }

  following() {
    const box = h("input", { type: "checkbox", checked: true, onchange: () => this.acts.follow(box.checked) });
    this.follow = h("label", { class: "row", hidden: true }, this.words.say("follow"), box);
    return this.follow;
  }

  sleeping() {
    const { words } = this;
    this.sleep = h(
      "select",
      { class: "pick", onchange: () => this.sleepAfter(this.sleep.value) },
      new Option(words.say("sleep_off"), ""),
      ...SLEEPS.map((n) => new Option(words.count("minutes", n), String(n))),
      new Option(words.say("sleep_sentence"), "sentence"),
    );
    return h("label", { class: "row" }, words.say("sleep"), this.sleep);
  }

  file() {
    this.download = h("a", { class: "row link", part: "download", download: true, hidden: true }, this.words.say("download"));
    return this.download;
  }

  /** @param {string|null} whole address of the complete recording @param {boolean} followable whether the page has its text */
  render(whole, followable) {
    const { muted } = this.playback.audio;
    this.mute.dataset.muted = String(muted);
    this.mute.ariaLabel = this.mute.title = this.words.say(muted ? "unmute" : "mute");
    this.follow.hidden = !followable;
    this.download.hidden = !whole;
    if (whole && this.download.getAttribute("href") !== whole) this.download.href = whole;
  }

  sleepAfter(choice) {
    clearTimeout(this.sleeper);
    this.sleepHere = choice === "sentence";
    if (Number(choice)) this.sleeper = setTimeout(() => this.fallAsleep(), Number(choice) * 60_000);
  }

  /** Stop if the sleep timer is set to the end of the sentence that has just ended. */
  sentenceEnded() {
    if (this.sleepHere) this.fallAsleep();
  }

  fallAsleep() {
    this.sleepHere = false;
    this.sleep.value = "";
    this.playback.pause();
    this.acts.asleep();
  }

  async copy() {
    const link = new URL(location.href);
    link.hash = `t=${Math.floor(this.playback.time)}`;
    try {
      await navigator.clipboard.writeText(link.href);
      this.acts.tell(this.words.say("copied"));
    } catch {
      this.acts.tell(link.href); // no leave to write there: show it
    }
  }

  close() {
    clearTimeout(this.sleeper);
  }
}
