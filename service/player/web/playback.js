// The sound: one audio element that plays a recording while it is being made and after.
import { at } from "./marks.js";
import { Trouble } from "./recording.js";

const RECOVERIES = 2;
const PEEK_MS = 1000;
/** A busy service is asked so often, if it wants no longer wait than this. */
const ASKS = 6;
const LONGEST_WAIT = 60;

const sleep = (ms) => new Promise((wake) => setTimeout(wake, ms));

/** Of all players, also those in other frames and tabs of this site, one sounds at a time. */
const channel = new BroadcastChannel("istami");
const players = new Set();
channel.onmessage = () => players.forEach((player) => player.pause());

function takeTheFloor(player) {
  for (const other of players) if (other !== player) other.pause();
  channel.postMessage("play");
}

/**
 * Fires `change` whenever what is to be shown may have changed, and `marks` once these are known.
 * Asked for a moment that does not exist yet, it waits for the whole recording and goes on from there.
 */
export class Playback extends EventTarget {
  constructor(recording) {
    super();
    this.recording = recording;
    this.audio = new Audio();
    this.audio.preload = "none";
    /** The moment of the recording, in seconds, at which what the audio element plays begins. */
    this.base = 0;
    this.marks = [];
    /** Whether the marks are of the whole recording. */
    this.complete = false;
    /** Seconds asked for that can't be played yet. */
    this.pending = null;
    /** Whether the reader wants to hear it, sound or no sound. */
    this.wanted = false;
    this.trouble = null;
    /** How often it broke off at about the same moment. */
    this.recoveries = 0;
    this.broke = -1;
    this.rate = 1;
    /** Taken off the page: answers that are still under way are nobody's any more. */
    this.closed = false;
    players.add(this);
    const changed = () => this.changed();
    for (const type of ["play", "pause", "playing", "waiting", "seeked", "durationchange", "progress", "timeupdate"]) {
      this.audio.addEventListener(type, changed);
    }
    this.audio.addEventListener("ended", () => this.finish());
    this.audio.addEventListener("error", () => this.audio.src && this.recover());
    this.audio.addEventListener("loadedmetadata", () => this.loaded());
    this.online = () => this.trouble?.kind === "network" && this.wanted && this.play();
    addEventListener("online", this.online);
  }

  get paused() {
    return !this.wanted;
  }

  get time() {
    return this.pending ?? this.base + this.audio.currentTime;
  }

  /** Seconds; 0 while nobody knows. */
  get duration() {
    const heard = this.audio.duration;
    return this.recording.state?.duration_seconds ?? (Number.isFinite(heard) ? this.base + heard : 0);
  }

  /** `idle`, `playing`, `paused`, `loading` (bytes are awaited) or `waiting` (for the whole recording). */
  get phase() {
    if (this.trouble) return "error";
    if (!this.wanted) return this.audio.src ? "paused" : "idle";
    if (this.pending !== null && !this.recording.ready) return "waiting";
    return this.audio.readyState < 3 ? "loading" : "playing";
  }

  /** Learn what the service knows, without loading sound or having any made. */
  async learn() {
    try {
      await this.recording.look();
    } catch (trouble) {
      if (trouble.kind === "forbidden") this.trouble = trouble; // the others are told when the reader presses play
    }
    this.learned = true;
    this.changed();
  }

  /** To be called within the reader's own click, for the browser to allow sound. */
  play() {
    this.trouble = null;
    this.wanted = true;
    takeTheFloor(this);
    if (this.audio.ended) this.restart();
    if (!this.recording.address) this.audio.load(); // no sound yet: this lets Safari allow it when it comes
    else if (!this.audio.src || this.audio.error) this.load(this.time);
    else if (this.pending === null) this.sound();
    this.follow();
    this.changed();
  }

  pause() {
    if (!this.wanted) return;
    this.wanted = false;
    this.audio.pause();
    this.changed();
  }

  seek(seconds) {
    const target = Math.min(Math.max(seconds, 0), this.duration || Infinity);
    if (!this.audio.src) this.pending = target || null;
    else if (this.reaches(target) && !(this.recording.ready && this.endless)) {
      this.pending = null;
      this.audio.currentTime = target - this.base;
      if (this.wanted) this.sound();
    } else this.load(target);
    this.changed();
  }

  setRate(rate) {
    this.rate = rate;
    this.audio.preservesPitch = true;
    this.audio.playbackRate = rate;
    this.changed();
  }

  /** Index of the sentence that is heard now; -1 before the first, and where the mark is still to come. */
  get sentence() {
    const index = at(this.marks, this.time);
    const growing = !this.complete && index === this.marks.length - 1;
    return growing && this.time > this.marks[index]?.end ? -1 : index;
  }

  close() {
    this.closed = true;
    this.pause();
    this.unwatch?.();
    this.audio.removeAttribute("src");
    this.audio.load();
    players.delete(this);
    removeEventListener("online", this.online);
  }

  // Within

  /** It plays the stream, whose length the browser does not know. */
  get endless() {
    return this.audio.duration === Infinity;
  }

  reaches(seconds) {
    const { seekable } = this.audio;
    const within = seconds - this.base;
    for (let i = 0; i < seekable.length; i += 1) {
      if (within >= seekable.start(i) && within <= seekable.end(i)) return true;
    }
    return false;
  }

  load(asked) {
    if (!this.recording.ready) {
      this.stream(asked);
      return;
    }
    const seconds = Math.min(asked, this.duration);
    this.pending = seconds || null;
    this.source(this.recording.whole);
    if (seconds) this.audio.currentTime = seconds;
    this.begin();
  }

  /** A growing recording: browsers can't seek in its stream, so the service sends it from that moment on. */
  stream(seconds) {
    if (this.audio.src && !this.audio.error && !this.audio.ended && seconds >= this.base) {
      this.pending = seconds || null;
      this.audio.pause(); // asked for more than exists: the whole recording will bring it
      return;
    }
    this.pending = null;
    this.source(this.recording.stream(seconds), seconds);
    this.begin();
  }

  /** What the audio element plays, and the moment of the recording at which that begins. */
  source(address, base = 0) {
    this.base = base;
    this.audio.src = address;
    this.audio.playbackRate = this.rate;
    this.audio.defaultPlaybackRate = this.rate;
  }

  begin() {
    if (this.wanted) this.sound();
    else this.audio.load();
  }

  /** It was heard to its end, and is asked for again. */
  restart() {
    if (this.base) this.load(0);
    else this.audio.currentTime = 0;
  }

  /** The header has come: go to where listening shall begin, if that is possible already. */
  loaded() {
    if (this.pending !== null) {
      if (this.reaches(this.pending)) {
        this.audio.currentTime = this.pending - this.base;
        this.pending = null;
      } else this.audio.pause();
    }
    this.changed();
  }

  sound() {
    this.audio.play().catch((refusal) => {
      // A newer load or a pause makes the old promise fail; only a refusal is the reader's affair.
      if (refusal.name !== "NotAllowedError") return;
      this.wanted = false;
      this.changed();
    });
  }

  /** See the recording through to its end, and fetch its marks. */
  async follow() {
    if (this.following || this.closed) return;
    this.following = true;
    try {
      const state = this.recording.ready ? this.recording.state : await this.ask();
      if (state && this.wanted && !this.audio.src) this.load(this.time);
      this.unwatch?.();
      if (state?.status === "ready") await this.completed();
      else if (state?.status === "failed") this.fail(new Trouble("failed"));
      else if (state) this.unwatch = this.recording.watch((next) => this.progressed(next));
    } catch (trouble) {
      this.fail(trouble);
    }
    this.following = false;
  }

  /** How far the recording is; asked again of a busy service, while the reader wants to hear. Throws Trouble. */
  async ask() {
    for (let asks = 1; this.wanted; asks += 1) {
      try {
        const state = await this.recording.refresh();
        return this.closed ? null : state;
      } catch (trouble) {
        if (trouble.kind !== "busy" || asks === ASKS || trouble.after > LONGEST_WAIT) throw trouble;
        await sleep(trouble.after * 1000);
      }
    }
    return null;
  }

  async progressed(state) {
    if (state.status === "ready") await this.completed().catch((trouble) => this.fail(trouble));
    else if (state.status === "failed") this.fail(new Trouble("failed"));
    else this.peek();
    this.changed();
  }

  async completed() {
    // Silence now means that more was asked for than the stream has brought: the whole has it.
    const silent = this.audio.readyState < 3 && this.time > 0;
    if (this.audio.src && (silent || (this.pending !== null && !this.reaches(this.pending)))) this.load(this.time);
    if (!this.complete) await this.learnMarks();
    this.changed();
  }

  async learnMarks() {
    const { sentences, complete = true } = await this.recording.marks();
    if (this.complete || this.closed) return; // an answer that was overtaken, or that nobody waits for
    this.complete = complete;
    this.marks = sentences;
    this.dispatchEvent(new Event("marks"));
  }

  /** Marks of what is made already, for a text that is followed from the first sentence on. */
  async peek() {
    this.behind = this.recording.state.progress.sentences_done > this.marks.length;
    if (this.peeking) return;
    this.peeking = true;
    while (this.behind && !this.recording.ready) {
      this.behind = false;
      await this.learnMarks().catch(() => null); // they come in any case once all is made
      await sleep(PEEK_MS);
    }
    this.peeking = false;
  }

  /** The sound broke off: the line, or an audio that is no longer kept. Ask, and go on from there. */
  async recover() {
    const seconds = this.time;
    this.recoveries = Math.abs(seconds - this.broke) < 1 ? this.recoveries + 1 : 1;
    this.broke = seconds;
    if (this.recoveries > RECOVERIES) {
      this.fail(new Trouble("playback"));
      return;
    }
    try {
      const state = await this.ask();
      if (state?.status === "ready") this.load(seconds);
      else if (state && this.recoveries < RECOVERIES) this.stream(seconds);
      else this.pending = seconds || null;
      if (state?.status !== "ready") this.follow();
    } catch (trouble) {
      this.pending = seconds || null;
      this.fail(trouble);
    }
    this.changed();
  }

  fail(trouble) {
    if (trouble.kind !== "failed" && !this.audio.error && this.audio.readyState >= 3) return; // it still plays
    this.trouble = trouble instanceof Trouble ? trouble : new Trouble("playback");
    this.audio.pause();
    this.changed();
  }

  /** The end of the recording; or of a stream that broke off before it. */
  finish() {
    if (!this.recording.ready || this.time < this.duration - 2) {
      this.recover();
      return;
    }
    this.wanted = false;
    this.dispatchEvent(new Event("finish"));
    this.changed();
  }

  changed() {
    if (this.pending !== null && this.reaches(this.pending) && !this.audio.seeking) this.pending = null;
    this.dispatchEvent(new Event("change"));
  }
}
