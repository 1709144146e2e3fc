// What the page says of its own article: by its markup, its JSON-LD, and the usual places.
import { letters, Page } from "./reading.js";

const NAMED = "[data-istami-body],[itemprop=articleBody]";
/** So many letters at each end tell where a text stands. */
const ENDS = 40;

/** What the page's JSON-LD tells of an article; empty where it tells of none. */
function described() {
  for (const { textContent } of document.querySelectorAll("script[type='application/ld+json']")) {
    try {
      const nodes = [JSON.parse(textContent)].flat().flatMap((node) => node["@graph"] ?? node);
      const article = nodes.find((node) => /Article|BlogPosting/.test(node["@type"]));
      if (article) return article;
    } catch {
      // not well-formed: not ours to mend
    }
  }
  return {};
}

/** The innermost element that holds all of a text; null where the page doesn't show it. */
function holder(text) {
  if (!text) return null;
  const page = new Page(document.body);
  const wanted = letters(text);
  const from = page.letters.indexOf(wanted.slice(0, ENDS));
  const to = page.letters.indexOf(wanted.slice(-ENDS), from);
  if (from < 0 || to < 0) return null;
  const found = page.range(from, to + Math.min(ENDS, wanted.length)).commonAncestorContainer;
  return found.nodeType === Node.TEXT_NODE ? found.parentElement : found;
}

/** The element of the article's text: the one asked for, the one around `player`, the one that the page names. */
export function bodyFor(player) {
  const selector = player.getAttribute("body");
  if (selector) return document.querySelector(selector);
  const around = player.closest(`${NAMED},article,main`);
  const first = (tag) => document.querySelector(tag);
  return around ?? first(NAMED) ?? holder(described().articleBody) ?? first("article") ?? first("main");
}

/** Whether this is the page of one article, and not a list of many or something else. */
export function isArticle() {
  const type = document.querySelector("meta[property='og:type']")?.getAttribute("content");
  const articles = document.querySelectorAll("article").length;
  return articles === 1 || type === "article" || document.querySelector(NAMED) || described()["@type"];
}

/** The article's address: the canonical one if it is this site's, else the page's own. */
export function pageAddress() {
  const link = /** @type {HTMLLinkElement?} */ (document.querySelector("link[rel=canonical]"));
  const canonical = link?.href ?? "";
  return (canonical.startsWith(`${location.origin}/`) ? canonical : location.href).split("#")[0];
}
