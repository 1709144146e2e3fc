// <listen-article src="https://HOST/v1/articles/ID">, or <listen-article page host="https://HOST/"> for the page's own
// article: the player that lives on the article's page.
import { Follow } from "./follow.js";
import { present, tellPosition } from "./media.js";
import { forget, linked, recall, remember } from "./memory.js";
import { bodyFor } from "./page.js";
import { Playback } from "./playback.js";
import { PageRecording, Recording } from "./recording.js";
import { STEP, View } from "./view.js";
import { Words } from "./words.js";

const REMEMBER_EVERY = 5;

const meta = (property) => document.querySelector(`meta[property="${property}"]`)?.content ?? "";

export class ListenArticle extends HTMLElement {
  connectedCallback() {
    if (this.playback || !(this.hasAttribute("src") || this.hasAttribute("page"))) return;
    const tag = this.getAttribute("lang") || this.parentElement?.closest("[lang]")?.lang;
    this.words = new Words(tag, this.getAttribute("digits"));
    this.recording = this.source();
    this.playback = new Playback(this.recording);
    this.view = new View(this.shadowRoot ?? this.attachShadow({ mode: "open" }), this.words, this.acts());
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
      this.follow?.close();
      this.observer.disconnect();
      clearTimeout(this.sleeper);
      this.shadowRoot.replaceChildren();
      this.playback = this.follow = null;
    });
  }

  // What scripts of the page may use, named as the platform names it

  play() {
    if (this.follow) this.follow.away = false;
    this.playback.play();
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
    this.view.rate.value = String(rate);
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
      volume: (level) => Object.assign(this.playback.audio, { volume: level, muted: level === 0 }),
      mute: () => (this.playback.audio.muted = !this.playback.audio.muted),
      follow: (on) => this.followText(on),
      sleep: (choice) => this.sleepAfter(choice),
      copy: () => this.copy(),
      close: () => {
        this.dismissed = true;
        this.float();
        this.view.main.focus({ preventScroll: true });
      },
    };
  }

  listen() {
    const { playback } = this;
    const { audio } = playback;
    playback.addEventListener("change", () => this.update());
    playback.addEventListener("marks", () => {
      this.view.chapters(playback.marks, playback.duration);
      this.follow?.reading.add(playback.marks);
      this.followText(this.view.followBox.checked);
    });
    playback.addEventListener("finish", () => {
      forget(this.recording.name);
      this.follow?.hide();
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
    const { phase, duration } = playback;
    if (playback.trouble && playback.trouble !== this.told) this.emit("error", playback.trouble);
    this.told = playback.trouble;
    const forbidden = playback.trouble?.kind === "forbidden";
    if (forbidden && playback.paused) this.hidden = true; // a button that can do nothing is none
    if (phase === "playing") this.started = true;
    if (!playback.paused) this.asleep = false;
    view.render({
      phase,
      duration,
      retry: phase === "error" && !forbidden,
      message: this.notice ?? this.message(phase),
      started: this.started || phase === "waiting" || phase === "loading",
      whole: this.recording.ready ? this.recording.whole : null,
      hasMarks: playback.marks.length > 0,
      heading: this.heading,
      muted: playback.audio.muted,
    });
    this.tick();
    this.float();
    if (phase === "playing") this.animate();
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
  animate() {
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
    const { playback, view } = this;
    const { time } = playback;
    if (!view.dragging) view.place(time, playback.duration);
    if (this.started) this.follow?.show();
    const index = playback.sentence;
    if (index !== this.index && playback.audio.src) {
      const over = index === this.index + 1 || (index < 0 && time > playback.marks[this.index]?.end);
      if (this.sleepHere && this.index >= 0 && over) this.fallAsleep();
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
    if (this.follow) this.follow.away = false;
    playback.seek(marks[target].start);
  }

  followText(on) {
    if (this.follow && !on) {
      this.follow.close();
      this.follow = null;
    }
    const body = bodyFor(this);
    if (!body || !this.playback.marks.length || this.getAttribute("follow") === "off") return;
    if (on) this.follow ??= new Follow(this.playback, body);
    this.view.follow.hidden = this.follow ? !this.follow.reading.found : this.view.follow.hidden;
    this.tick();
  }

  sleepAfter(choice) {
    clearTimeout(this.sleeper);
    this.sleepHere = choice === "sentence";
    if (Number(choice)) this.sleeper = setTimeout(() => this.fallAsleep(), Number(choice) * 60_000);
  }

  fallAsleep() {
    this.sleepHere = false;
    this.view.sleep.value = "";
    this.playback.pause();
    this.asleep = true;
    this.update();
  }

  async copy() {
    const link = new URL(location.href);
    link.hash = `t=${Math.floor(this.playback.time)}`;
    try {
      await navigator.clipboard.writeText(link.href);
      this.notice = this.words.say("copied");
    } catch {
      this.notice = link.href; // no leave to write there: show it
    }
    this.update();
    setTimeout(() => {
      this.notice = null;
      this.update();
    }, 4000);
  }

  float() {
    this.view.float(Boolean(this.started && !this.inView && !this.dismissed && this.playback?.audio.src && !this.playback.audio.ended));
  }

  emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail, bubbles: type === "sentence" }));
  }
}
