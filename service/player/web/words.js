// What the player says to its reader: labels, counted nouns and times, in the reader's digits.
import ar from "./labels.ar.json" with { type: "json" };
import en from "./labels.en.json" with { type: "json" };

const LABELS = { ar, en };

/** The page's language tag, made fit for Intl; Arabic where there is none or it makes no sense. */
function canonical(tag) {
  try {
    return Intl.getCanonicalLocales((tag || "ar").replaceAll("_", "-"))[0] ?? "ar";
  } catch {
    return "ar";
  }
}

export class Words {
  /**
   * @param {string} tag language of the labels; Arabic where it has none
   * @param {string} [digits] `arab` or `latn`; without it, what the region writes (ar-MA: 123, ar-EG: ١٢٣)
   */
  constructor(tag, digits) {
    let locale = canonical(tag);
    const [language] = locale.split("-");
    this.lang = language in LABELS ? language : "ar";
    if (language !== this.lang) locale = this.lang;
    this.dir = this.lang === "ar" ? "rtl" : "ltr";
    this.labels = LABELS[this.lang];
    const numberingSystem = ["arab", "latn"].includes(digits) ? digits : undefined;
    this.plain = new Intl.NumberFormat(locale, { numberingSystem, useGrouping: false });
    this.padded = new Intl.NumberFormat(locale, { numberingSystem, minimumIntegerDigits: 2 });
    this.plurals = new Intl.PluralRules(this.lang);
  }

  /** Add the labels of the second file. */
  learn(labels) {
    this.labels = { ...this.labels, ...labels };
  }

  /** A label, with `{name}` filled in; numbers are written in the reader's digits. */
  say(key, values = {}) {
    return this.fill(this.labels[key], values);
  }

  /** A number with its noun in the right form: دقيقة واحدة، دقيقتان، ٣ دقائق، ١١ دقيقة. */
  count(key, n) {
    return this.fill(this.labels[key][n === 0 ? "zero" : this.plurals.select(n)], { n });
  }

  /** `1:02:03`, as it stands beside a slider. */
  clock(seconds) {
    const whole = Math.max(0, Math.floor(seconds || 0));
    const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
    const rest = `${h ? this.padded.format(m) : this.plain.format(m)}:${this.padded.format(s)}`;
    return h ? `${this.plain.format(h)}:${rest}` : rest;
  }

  /** The same time in words, for those who hear it. */
  spell(seconds) {
    const whole = Math.max(0, Math.floor(seconds || 0));
    const [m, s] = [Math.floor(whole / 60), whole % 60];
    if (!m) return this.count("seconds", s);
    const minutes = this.count("minutes", m);
    return s ? this.say("and", { a: minutes, b: this.count("seconds", s) }) : minutes;
  }

  fill(template, values) {
    return template.replace(/\{(\w+)\}/g, (_, name) => {
      const value = values[name];
      return typeof value === "number" ? this.plain.format(value) : value;
    });
  }
}
