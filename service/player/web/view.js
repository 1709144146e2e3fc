// The button, its title and its status: all that is shown before playback.
import { button, h, icon } from "./build.js";
import styles from "./player.css" with { type: "css" };

export class View {
  /**
   * @param {ShadowRoot} root
   * @param {import("./words.js").Words} words
   * @param {() => void} toggle play or pause
   */
  constructor(root, words, toggle) {
    this.words = words;
    root.adoptedStyleSheets = [styles];
    this.main = button(words, "play", toggle, { kind: "main" });
    this.main.append(icon("pause"));
    this.status = h("span", { class: "status", part: "status", role: "status" });
    this.title = h("span", { class: "title", part: "title" }, words.say("listen"));
    this.retry = h("button", { type: "button", class: "retry", part: "retry", hidden: true, onclick: toggle }, words.say("retry"));
    this.section = h(
      "section",
      { class: "card", part: "player", "aria-label": words.say("player"), lang: words.lang, dir: words.dir },
      h("div", { class: "head" }, this.main, h("div", { class: "words" }, this.title, this.status), this.retry),
    );
    root.append(this.section);
  }

  /** @param {string} phase of the playback @param {string} message in place of it, in words @param {boolean} retry */
  render(phase, message, retry) {
    const busy = phase === "loading" || phase === "waiting";
    const wanted = busy || phase === "playing";
    const name = this.words.say(wanted ? "pause" : "play");
    this.main.ariaLabel = this.main.title = name;
    this.section.classList.toggle("wanted", wanted);
    this.section.classList.toggle("busy", busy);
    this.status.ariaLive = phase === "playing" ? "off" : "polite"; // the voice has the floor
    if (this.status.textContent !== message) this.status.textContent = message;
    this.retry.hidden = !retry;
  }
}
