// The one line on a publisher's page: <script async src="https://HOST/embed.js" data-article="ID"></script>
// Without data-article, the player is that of the page's own article.
import { ListenArticle } from "./element.js";
import { bodyFor, isArticle } from "./page.js";

const NAME = "listen-article";

if (!customElements.get(NAME)) customElements.define(NAME, ListenArticle);

/** A player for the article that the line names: in the line's place, or before the article's text. */
function place(script) {
  const { article, host = script.src } = script.dataset;
  const source = article && new URL(`v1/articles/${encodeURIComponent(article)}`, host).href;
  if (document.querySelector(article ? `${NAME}[src="${CSS.escape(source)}"]` : NAME)) return; // it is here already
  if (!article && !isArticle()) return;
  const player = document.createElement(NAME);
  const attributes = { ...(article ? { src: source } : { page: "", host }), ...script.dataset };
  for (const [name, value] of Object.entries(attributes)) player.setAttribute(name, value);
  if (script.closest("head")) (bodyFor(player) ?? document.body).prepend(player);
  else script.after(player);
}

const script = document.currentScript;
if (script) {
  const early = document.readyState === "loading" && (!script.dataset.article || script.closest("head"));
  if (early) addEventListener("DOMContentLoaded", () => place(script));
  else place(script);
}
