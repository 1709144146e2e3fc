// The bar at the bottom of the window while the player is out of view.
import { button, h, icon } from "./build.js";

export class Mini {
  /**
   * @param {import("./words.js").Words} words
   * @param {Record<string, (...given: any[]) => void>} acts toggle, close, key
   */
  constructor(words, acts) {
    this.words = words;
    this.main = button(words, "play", acts.toggle, { part: "mini-play", kind: "main small" });
    this.main.append(icon("pause"));
    this.clock = h("span", { class: "clock" });
    this.title = h("span", { class: "title" });
    this.element = h(
      "section",
      { class: "mini", part: "mini", "aria-label": words.say("mini"), lang: words.lang, dir: words.dir, hidden: true, onkeydown: acts.key },
      this.main,
      this.title,
      this.clock,
      button(words, "close", acts.close),
    );
    if ("popover" in this.element) this.element.popover = "manual"; // above all of the page, whatever its transforms
  }

  /** @param {DOMTokenList} state classes of the player, whose looks it shares */
  render(state, label, heading) {
    for (const name of ["wanted", "busy"]) this.element.classList.toggle(name, state.contains(name));
    this.main.ariaLabel = this.main.title = label;
    this.title.textContent = heading;
  }

  place(seconds) {
    const now = this.words.clock(seconds);
    if (now !== this.clock.textContent) this.clock.textContent = now;
  }

  float(shown) {
    if (this.element.hidden === !shown) return;
    this.element.hidden = !shown;
    if (this.element.popover) this.element.togglePopover(shown);
  }
}
