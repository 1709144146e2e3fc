// The one line on a publisher's page: <script async src="https://HOST/embed.js" data-article="ID"></script>
import { ListenArticle } from "./element.js";

const NAME = "listen-article";
const COPIED = ["body", "digits", "lang", "theme", "heading", "site", "artwork", "follow"];

if (!customElements.get(NAME)) customElements.define(NAME, ListenArticle);

/** A player for the article the script line names: in the line's place, or before the article's text. */
function place(script) {
  const source = new URL(`v1/articles/${encodeURIComponent(script.dataset.article)}`, script.dataset.host ?? script.src).href;
  if (document.querySelector(`${NAME}[src="${CSS.escape(source)}"]`)) return; // the line stands here twice
  const player = document.createElement(NAME);
  player.setAttribute("src", source);
  for (const name of COPIED) if (script.dataset[name]) player.setAttribute(name, script.dataset[name]);
  if (script.closest("head")) (document.querySelector(script.dataset.body ?? "article") ?? document.body).prepend(player);
  else script.after(player);
}

const script = document.currentScript;
if (script?.dataset.article) {
  if (script.closest("head") && document.readyState === "loading") addEventListener("DOMContentLoaded", () => place(script));
  else place(script);
}
