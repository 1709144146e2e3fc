// The recording of one article, as the service tells of it.

const POLL_MS = 2000;

/** A trouble that has a label of its own: `network`, `missing`, `failed` or `playback`. */
export class Trouble extends Error {
  constructor(kind, messages) {
    super(messages?.en ?? kind);
    this.kind = kind;
    /** The service's own words, in Arabic and English, where it sent any. */
    this.messages = messages;
  }
}

export class Recording {
  /** @param {string} address of the article: https://HOST/v1/articles/ID */
  constructor(address) {
    this.address = address;
    /** What the service last said of it; null before it was asked. */
    this.state = null;
  }

  get ready() {
    return this.state?.status === "ready";
  }

  /** Streams from the first sentence while the rest is made; leads to the whole once that exists. */
  get stream() {
    return `${this.address}/audio.mp3`;
  }

  get whole() {
    return this.resolve(this.state.audio_url);
  }

  resolve(url) {
    return new URL(url, this.address).href;
  }

  /** Ask for the present state. Throws Trouble. */
  async refresh() {
    const state = await this.json(this.address);
    this.state = state;
    return state;
  }

  /** Sentences with the times at which they are heard: of what has been made so far. Throws Trouble. */
  marks() {
    return this.json(this.resolve(this.state.marks_url));
  }

  async json(url) {
    let answer;
    try {
      answer = await fetch(url, { credentials: "omit" });
    } catch {
      throw new Trouble("network");
    }
    if (!answer.ok) {
      const problem = await answer.json().catch(() => null);
      throw new Trouble(answer.status === 404 ? "missing" : "network", problem?.message);
    }
    return answer.json();
  }

  /**
   * Tell `onChange` of every step until the recording is ready or has failed.
   * Follows the server's events, and asks every two seconds where those can't be had.
   * @returns {() => void} stops it
   */
  watch(onChange) {
    let timer;
    let events;
    const stop = () => {
      events?.close();
      clearTimeout(timer);
    };
    const take = (state) => {
      this.state = state;
      if (state.status === "ready" || state.status === "failed") stop();
      onChange(state);
    };
    const poll = async () => {
      const state = await this.refresh().catch(() => null);
      timer = setTimeout(poll, POLL_MS);
      if (state) take(state);
    };
    events = new EventSource(`${this.address}/events`);
    events.addEventListener("progress", (event) => take(JSON.parse(event.data)));
    events.addEventListener("error", () => {
      clearTimeout(timer);
      timer = setTimeout(poll, POLL_MS);
    });
    return stop;
  }
}
