// The newsroom's quick tool: a text goes in, a player and its embed line come out.

const base = document.body.dataset.base;
const form = document.querySelector(".composer");
const reader = document.querySelector("#reader");
const one = (selector) => document.querySelector(selector);
const number = new Intl.NumberFormat("ar");
const LONGEST_HEADLINE = 140;
const CHARACTERS_A_MINUTE = 850;
let watching;

const looksLikeHtml = (text) => /^\s*<(!doctype|html|head|body|article|main|section|div|h1|h2|p)\b/i.test(text);

async function send(path, body) {
  const answer = await fetch(`${base}${path}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  }).catch(() => null);
  const told = await answer?.json().catch(() => null);
  if (answer?.ok) return told;
  throw new Error(told?.message?.ar ?? "تعذّر الاتصال بالخدمة. أعد المحاولة بعد قليل.");
}

function complain(message) {
  one("#problem").textContent = message;
  one("#problem").hidden = !message;
}

/** Paragraphs as [tag, text]; markup of the publisher is read for its words alone. */
function paragraphs(text) {
  if (!looksLikeHtml(text)) return text.split(/\n+/).map((line) => ["p", line.trim()]).filter(([, line]) => line);
  const parsed = new DOMParser().parseFromString(text, "text/html");
  const scope = parsed.querySelector("article, main") ?? parsed.body;
  return [...scope.querySelectorAll("h1, h2, h3, p, li, blockquote")]
    .filter((block) => !block.closest("nav, aside, footer, figure") && block.textContent.trim())
    .map((block) => [/^H/.test(block.tagName) ? "h2" : "p", block.textContent.trim()]);
}

function element(tag, text) {
  const made = document.createElement(tag);
  made.textContent = text;
  return made;
}

/** The title, where the text opens with a headline, and all that follows. */
function parts(text) {
  const [[tag, first] = ["p", ""], ...rest] = paragraphs(text);
  const headline = tag === "h2" || (first.length <= LONGEST_HEADLINE && !/[.…:،]$/.test(first));
  return headline ? [first, rest] : [null, [[tag, first], ...rest]];
}

function show(text, id) {
  const [headline, rest] = parts(text);
  const title = headline ?? "مقالك";
  reader.querySelector("h1").textContent = title;
  reader.querySelector(".text").replaceChildren(...rest.map(([tag, words]) => element(tag, words)));
  const player = document.createElement("listen-article");
  player.setAttribute("src", `${base}v1/articles/${encodeURIComponent(id)}`);
  player.setAttribute("heading", title);
  reader.querySelector("listen-article").replaceWith(player);
  one(".readings").open = false;
  one(".readings ol").replaceChildren();
}

function progress(article) {
  const { sentences_done: done, sentences_total: total } = article.progress;
  const ready = article.status === "ready";
  one("#making").value = total ? done / total : 0;
  one("#making-text").textContent = ready ? "الصوت جاهز." : total ? `الجمل المنطوقة: ${number.format(done)} من ${number.format(total)}` : "في الانتظار…";
  if (article.status === "failed") complain(article.error.message.ar);
  one("#download").hidden = !ready;
  if (ready) one("#download").href = article.audio_url;
}

function watch(article) {
  watching?.close();
  progress(article);
  if (article.status === "ready" || article.status === "failed") return;
  watching = new EventSource(`${base}v1/articles/${encodeURIComponent(article.id)}/events`);
  watching.addEventListener("progress", (event) => {
    const next = JSON.parse(event.data);
    if (next.status === "ready" || next.status === "failed") watching.close();
    progress(next);
  });
}

async function submit(event) {
  event.preventDefault();
  complain("");
  const text = form.text.value;
  const button = form.querySelector("[type=submit]");
  button.disabled = true;
  try {
    const asked = { [looksLikeHtml(text) ? "html" : "text"]: text, speed: Number(form.speed.value), listed: false };
    if (form.voice.value) asked.voice = form.voice.value;
    const article = await send("v1/articles", asked);
    show(text, article.id);
    one(".made").hidden = false;
    one("#line").textContent = `<script async src="${base}embed.js" data-article="${article.id}"></script>`;
    one("#page").href = article.player_url;
    watch(article);
    reader.scrollIntoView({ block: "start" });
  } catch (trouble) {
    complain(trouble.message);
  }
  button.disabled = false;
}

/** How each sentence is read, asked for when the reader first unfolds it. */
async function explain() {
  const list = one(".readings ol");
  if (!one(".readings").open || list.children.length) return;
  const text = [reader.querySelector("h1"), ...reader.querySelectorAll(".text > *")].map((block) => block.textContent).join("\n\n");
  try {
    const { sentences } = await send("v1/explain", { text });
    list.replaceChildren(...sentences.map(reading));
  } catch (trouble) {
    list.replaceChildren(element("li", trouble.message));
  }
}

function reading(sentence) {
  const item = one("#reading").content.cloneNode(true);
  item.querySelector(".written").textContent = sentence.text;
  item.querySelector(".diacritised").textContent = sentence.diacritised;
  item.querySelector(".phonemes").textContent = sentence.phonemes;
  return item;
}

async function take(file) {
  form.text.value = await file.text();
  count();
}

function count() {
  const letters = form.text.value.trim().length;
  const minutes = Math.max(1, Math.round(letters / CHARACTERS_A_MINUTE));
  one("#counted").textContent = letters ? `عدد الأحرف ${number.format(letters)} · المدّة نحو ${number.format(minutes)} د` : "";
}

function acceptDrops() {
  addEventListener("dragover", (event) => {
    event.preventDefault();
    form.classList.add("target");
  });
  addEventListener("dragleave", (event) => event.relatedTarget || form.classList.remove("target"));
  addEventListener("drop", (event) => {
    event.preventDefault();
    form.classList.remove("target");
    const [file] = event.dataTransfer.files;
    if (file) take(file);
  });
}

async function offerVoices() {
  const answer = await fetch(`${base}v1/voices`).catch(() => null);
  if (!answer?.ok) return; // the service's own choice stands
  const { voices, default: usual } = await answer.json();
  form.voice.replaceChildren(...voices.map(({ id, name }) => new Option(name.ar, id, id === usual, id === usual)));
}

form.addEventListener("submit", submit);
form.text.addEventListener("input", count);
form.querySelector("[type=file]").addEventListener("change", ({ target }) => target.files[0] && take(target.files[0]));
one(".readings").addEventListener("toggle", explain);
one("#copy").addEventListener("click", async ({ target }) => {
  await navigator.clipboard.writeText(one("#line").textContent);
  target.textContent = "نُسخ";
  setTimeout(() => (target.textContent = "نسخ السطر"), 2500);
});
acceptDrops();
offerVoices();
