// The controls during playback: the panel, its options, the bar, and the highlighting of the text.
import ar from "./controls.ar.json" with { type: "json" };
import styles from "./controls.css" with { type: "css" };
import en from "./controls.en.json" with { type: "json" };
import { Follow } from "./follow.js";
import { Mini } from "./mini.js";
import { Options } from "./options.js";
import { bodyFor } from "./page.js";
import { Panel } from "./panel.js";

export class Controls {
  /** @param {import("./element.js").ListenArticle} player that they are added to @param {number} step seconds */
  constructor(player, step) {
    const { view, words, playback, shadowRoot } = player;
    this.player = player;
    this.playback = playback;
    /** Whether the reader wants the text highlighted. */
    this.following = true;
    /** Whether the page has any sentence of the recording. */
    this.found = false;
    words.learn({ ar, en }[words.lang]);
    const acts = player.acts();
    const key = (event) => this.panel.key(event);
    this.options = new Options(words, playback, {
      follow: (on) => this.followText(on),
      asleep: () => player.fallAsleep(),
      tell: (text) => player.tell(text),
    });
    this.panel = new Panel(words, acts, step, this.options.element);
    this.mini = new Mini(words, { toggle: acts.toggle, close: acts.close, key });
    shadowRoot.adoptedStyleSheets.push(styles);
    view.section.append(this.panel.element);
    view.section.addEventListener("keydown", key);
    shadowRoot.append(this.mini.element);
    this.panel.rate.value = String(playback.rate);
    this.mark();
  }

  /** Take in new marks. */
  mark() {
    const { marks, duration } = this.playback;
    this.panel.chapters(marks, duration);
    this.follow?.reading.add(marks);
    this.followText(this.following);
  }

  /** Show the state, except the position. */
  render(started) {
    const { player, playback } = this;
    const { recording, view } = player;
    this.panel.render(started, playback.duration, playback.marks.length > 0);
    this.mini.render(view.section.classList, view.main.ariaLabel, player.heading);
    this.options.render(recording.ready ? recording.whole : null, this.found);
  }

  /** Show the position. */
  place(seconds) {
    this.panel.place(seconds, this.playback.duration);
    this.mini.place(seconds);
    if (this.player.started) this.follow?.show();
  }

  followText(on) {
    this.following = on;
    if (this.follow && !on) {
      this.follow.close();
      this.follow = null;
    }
    const body = bodyFor(this.player);
    if (!body || !this.playback.marks.length || this.player.getAttribute("follow") === "off") return;
    if (on) this.follow ??= new Follow(this.playback, body);
    if (this.follow) this.found = this.follow.reading.found;
    this.player.update();
  }

  /** Scroll along with the voice again. */
  catchUp() {
    if (this.follow) this.follow.away = false;
  }

  close() {
    this.follow?.close();
    this.options.close();
  }
}
