// The recording of one article, as the service tells of it.
import { pageAddress } from "./page.js";

/** Milliseconds. */
const POLL = 2000;

const KINDS = { 403: "forbidden", 404: "missing", 410: "forbidden", 429: "busy", 503: "busy" };

/** A trouble that has a label of its own: `network`, `missing`, `forbidden`, `busy`, `failed` or `playback`. */
export class Trouble extends Error {
  /** @param {string} kind @param {number} [after] seconds after which a busy service may be asked again */
  constructor(kind, after = 0) {
    super(kind);
    this.kind = kind;
    this.after = after;
  }
}

/** The recording of an article whose id is known. */
export class Recording {
  /** @param {string} address of the article: https://HOST/v1/articles/ID, perhaps with what signs it behind `?` */
  constructor(address) {
    this.address = address;
    /** What the service last said of it; null before it was asked. */
    this.state = null;
  }

  /** The service's root. */
  get host() {
    return new URL("../../", this.address).href;
  }

  /** What a reader's place in it is remembered by. */
  get name() {
    return this.address.split("?")[0];
  }

  /** Something of the article, under the same signature. */
  part(name) {
    return this.address.replace(/\?|$/, `/${name}$&`);
  }

  get ready() {
    return this.state?.status === "ready";
  }

  /**
   * Streams from a moment on, in seconds, while the rest is made. From the beginning, it leads to the whole once that
   * exists.
   */
  stream(seconds = 0) {
    const stream = new URL(this.part("audio.mp3"));
    if (seconds) stream.searchParams.set("from", seconds.toFixed(3));
    return stream.href;
  }

  get whole() {
    return this.state.audio_url;
  }

  /** Ask for the present state. Throws Trouble. */
  async refresh() {
    return this.take(await this.json(this.address));
  }

  /** The same, but have nothing made. */
  look() {
    return this.refresh();
  }

  take(state) {
    return (this.state = state);
  }

  /** Sentences with the times at which they are heard: of what has been made so far. Throws Trouble. */
  marks() {
    return this.json(this.state.marks_url);
  }

  async json(url, options) {
    const answer = await fetch(url, { credentials: "omit", ...options }).catch(() => {
      throw new Trouble("network");
    });
    if (answer.ok) return answer.json();
    throw new Trouble(KINDS[answer.status] ?? "failed", Number(answer.headers.get("Retry-After")) || 5);
  }

  /**
   * Tell `change` of every step until the recording is ready or has failed.
   * Follows the server's events, and asks every two seconds where those can't be had.
   * @returns {() => void} stops it
   */
  watch(change) {
    let timer;
    const events = new EventSource(this.part("events"));
    const stop = () => {
      events.close();
      clearTimeout(timer);
    };
    const take = (state) => {
      this.take(state);
      if (state.status === "ready" || state.status === "failed") stop();
      change(state);
    };
    const poll = async () => {
      const state = await this.refresh().catch(() => null);
      timer = setTimeout(poll, POLL);
      if (state) take(state);
    };
    events.addEventListener("progress", (event) => take(JSON.parse(event.data)));
    events.addEventListener("error", () => {
      clearTimeout(timer);
      timer = setTimeout(poll, POLL);
    });
    return stop;
  }
}

/** The recording of the page's own article, which gets its id when somebody first asks for it. */
export class PageRecording extends Recording {
  /** @param {string} host the service's root @param {string} [page] the article's address, if not this page's */
  constructor(host, page) {
    super(null);
    this.root = host;
    this.pages = new URL("v1/pages", host).href;
    this.page = page || pageAddress();
  }

  get host() {
    return this.root;
  }

  get name() {
    return this.page;
  }

  refresh() {
    return this.address ? super.refresh() : this.ask();
  }

  async look() {
    try {
      return this.take(await this.json(`${this.pages}?${new URLSearchParams({ url: this.page })}`));
    } catch (trouble) {
      // Scripts of a site that is not served may not even read the refusal.
      throw trouble.kind === "network" ? new Trouble("forbidden") : trouble;
    }
  }

  async ask() {
    const headers = { "Content-Type": "application/json" };
    return this.take(await this.json(this.pages, { method: "POST", headers, body: JSON.stringify({ url: this.page }) }));
  }

  take(state) {
    this.address = new URL(`articles/${state.id}`, this.pages).href;
    return super.take(state);
  }
}
