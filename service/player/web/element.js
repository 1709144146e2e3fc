// <listen-article src="https://HOST/v1/articles/ID">, or <listen-article page host="https://HOST/"> for the page's own
// article: the player that lives on the article's page.
import { present, tellPosition } from "./media.js";
import { forget, linked, recall, remember } from "./memory.js";
import { more } from "./more.js";
import { Playback } from "./playback.js";
import { PageRecording, Recording } from "./recording.js";
import { View } from "./view.js";
import { Words } from "./words.js";

const REMEMBER_EVERY = 5;
/** Seconds that a press moves. */
const STEP = 15;

const meta = (property) => {
  const found = /** @type {HTMLMetaElement?} */ (document.querySelector(`meta[property="${property}"]`));
  return found?.content ?? "";
};

export class ListenArticle extends HTMLElement {
  connectedCallback() {
    if (this.playback || !(this.hasAttribute("src") || this.hasAttribute("page"))) return;
    const tag = this.getAttribute("lang") || this.parentElement?.closest("[lang]")?.getAttribute("lang");
    this.words = new Words(tag, this.getAttribute("digits"));
    this.recording = this.source();
    this.playback = new Playback(this.recording);
    this.view = new View(this.shadowRoot ?? this.attachShadow({ mode: "open" }), this.words, this.acts().toggle);
    const first = document.querySelector(this.localName) === this;
    this.playback.seek((first && linked()) || recall(this.recording.name));
    this.listen();
    this.watchView();
    this.playback.learn();
    this.update();
  }

  disconnectedCallback() {
    queueMicrotask(() => {
      if (this.isConnected || !this.playback) return; // moved, not removed
      this.playback.close();
      this.controls?.close();
      this.observer.disconnect();
      this.shadowRoot.replaceChildren();
      this.playback = this.controls = null;
    });
  }

  // What scripts of the page may use, named as the platform names it

  play() {
    this.controls?.catchUp();
    this.playback.play();
    this.enrich().catch(() => null); // playback works without
  }

  pause() {
    this.playback.pause();
  }

  get paused() {
    return this.playback?.paused ?? true;
  }

  get currentTime() {
    return this.playback?.time ?? 0;
  }

  set currentTime(seconds) {
    this.playback.seek(seconds);
  }

  get duration() {
    return this.playback?.duration || NaN;
  }

  get playbackRate() {
    return this.playback?.rate ?? 1;
  }

  set playbackRate(rate) {
    this.playback.setRate(rate);
    if (this.controls) this.controls.panel.rate.value = String(rate);
  }

  get heading() {
    return this.getAttribute("heading") || meta("og:title") || document.title || this.words.say("listen");
  }

  // Within

  source() {
    const at = (name) => new URL(this.getAttribute(name) ?? "", document.baseURI).href;
    return this.hasAttribute("src") ? new Recording(at("src")) : new PageRecording(at("host"), this.getAttribute("page"));
  }

  acts() {
    return {
      toggle: () => (this.paused || this.playback.trouble ? this.play() : this.pause()),
      move: (seconds) => this.playback.seek(this.playback.time + seconds),
      jump: (sentences) => this.jump(sentences),
      seek: (seconds) => this.playback.seek(seconds),
      rate: (rate) => this.playback.setRate(rate),
      close: () => {
        this.dismissed = true;
        this.float();
        this.view.main.focus({ preventScroll: true });
      },
    };
  }

  /** Load the second file and add its controls. Rejects if it cannot be loaded. */
  async enrich() {
    const { playback } = this;
    const { Controls } = await more(this.recording.host);
    if (this.controls || !this.playback || this.playback !== playback) return; // pressed twice, or removed meanwhile
    this.controls = new Controls(this, STEP);
    this.update();
  }

  listen() {
    const { playback } = this;
    const { audio } = playback;
    playback.addEventListener("change", () => this.update());
    playback.addEventListener("marks", () => this.controls?.mark());
    playback.addEventListener("finish", () => {
      forget(this.recording.name);
      this.controls?.follow?.hide();
      this.emit("ended");
    });
    audio.addEventListener("volumechange", () => this.update());
    audio.addEventListener("timeupdate", () => this.emit("timeupdate"));
    audio.addEventListener("play", () => {
      this.emit("play");
      present(playback, { title: this.heading, site: this.getAttribute("site") || meta("og:site_name") || location.hostname, artwork: this.getAttribute("artwork") || meta("og:image"), step: STEP, jump: (n) => this.jump(n) });
    });
    audio.addEventListener("pause", () => this.emit("pause"));
  }

  watchView() {
    this.observer = new IntersectionObserver(([entry]) => {
      this.inView = entry.isIntersecting;
      this.float();
    });
    this.observer.observe(this);
  }

  update() {
    const { playback, view } = this;
    if (!playback) return;
    const { phase } = playback;
    if (playback.trouble && playback.trouble !== this.told) this.emit("error", playback.trouble);
    this.told = playback.trouble;
    const forbidden = playback.trouble?.kind === "forbidden";
    if (forbidden && playback.paused) this.hidden = true; // a button that can do nothing is none
    if (phase === "playing") this.started = true;
    if (!playback.paused) this.asleep = false;
    view.render(phase, this.notice ?? this.message(phase), phase === "error" && !forbidden);
    this.controls?.render(this.started || phase === "waiting" || phase === "loading");
    this.tick();
    this.float();
    if (phase === "playing") this.keepPace();
  }

  message(phase) {
    const { words, playback } = this;
    const { state } = this.recording;
    if (phase === "error") return words.say(`error_${playback.trouble.kind}`);
    if (phase === "waiting") return words.say("waiting");
    if ((phase === "loading" || phase === "playing") && state?.status !== "ready") {
      const { sentences_done: done, sentences_total: total } = state?.progress ?? {};
      return total ? words.say("progress", { done, total }) : words.say("preparing");
    }
    if (phase === "loading") return words.say("loading");
    if (this.asleep) return words.say("asleep");
    if (phase === "idle" && playback.time) return words.say("resume", { time: words.clock(playback.time) });
    if (playback.learned && !this.recording.address) return words.say("unmade");
    return playback.duration ? words.count("minutes", Math.round(playback.duration / 60)) : "";
  }

  /** Frame by frame while it sounds, so that text and voice never part. */
  keepPace() {
    if (this.frame) return;
    const step = () => {
      this.frame = null;
      if (!this.playback || this.playback.phase !== "playing") return;
      this.tick();
      this.frame = requestAnimationFrame(step);
    };
    this.frame = requestAnimationFrame(step);
  }

  tick() {
    const { playback } = this;
    const { time } = playback;
    this.controls?.place(time);
    const index = playback.sentence;
    if (index !== this.index && playback.audio.src) {
      const over = index === this.index + 1 || (index < 0 && time > playback.marks[this.index]?.end);
      if (this.index >= 0 && over) this.controls?.options.sentenceEnded();
      this.index = index;
      const mark = playback.marks[index];
      if (mark) this.emit("sentence", { index, text: mark.text, start: mark.start, end: mark.end });
    }
    if (this.started && !playback.audio.ended && Math.abs(time - (this.saved ?? 0)) >= REMEMBER_EVERY) {
      this.saved = time;
      remember(this.recording.name, time);
      tellPosition(playback);
    }
  }

  /** The beginning of a sentence again if it is well under way, else the one before; or the one after. */
  jump(sentences) {
    const { playback } = this;
    const { marks, sentence, time } = playback;
    if (!marks.length) return;
    const again = sentences < 0 && sentence >= 0 && time - marks[sentence].start > 2;
    const target = Math.min(Math.max(sentence + (again ? 0 : sentences), 0), marks.length - 1);
    this.controls?.catchUp();
    playback.seek(marks[target].start);
  }

  /** Show that the sleep timer has stopped playback. */
  fallAsleep() {
    this.asleep = true;
    this.update();
  }

  /** Show a text instead of the status for four seconds. */
  tell(text) {
    this.notice = text;
    this.update();
    setTimeout(() => {
      this.notice = null;
      this.update();
    }, 4000);
  }

  float() {
    this.controls?.mini.float(Boolean(this.started && !this.inView && !this.dismissed && this.playback?.audio.src && !this.playback.audio.ended));
  }

  emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail, bubbles: type === "sentence" }));
  }
}
