// The newsroom's quick tool: a text or an address goes in, a player and its embed line come out.

import { showOffer } from "./offer.js";

const base = document.body.dataset.base;
const form = /** @type {HTMLFormElement} */ (document.querySelector(".composer"));
const reader = document.querySelector("#reader");
const one = (selector) => document.querySelector(selector);
const number = new Intl.NumberFormat("ar");
const minutes = new Intl.NumberFormat("ar", { style: "unit", unit: "minute", unitDisplay: "long" });
const CHARACTERS_A_MINUTE = 850;
let watching;

const looksLikeHtml = (text) => /^\s*<(!doctype|html|head|body|article|main|section|div|h1|h2|p)\b/i.test(text);

/** Whoever is asked for a key is given a place to put it. */
async function ask(method, path, body) {
  const answer = await fetch(`${base}${path}`, {
    method,
    headers: { "Content-Type": "application/json", ...(form.key.value && { Authorization: `Bearer ${form.key.value.trim()}` }) },
    body: body && JSON.stringify(body),
  }).catch(() => null);
  const told = await answer?.json().catch(() => null);
  if (answer?.ok) return told;
  if (answer?.status === 401) form.key.parentElement.hidden = false;
  throw new Error(told?.message?.ar ?? "تعذّر الاتصال بالخدمة. أعد المحاولة بعد قليل.");
}

const send = (path, body) => ask("POST", path, body);

function complain(message) {
  one("#problem").textContent = message;
  one("#problem").hidden = !message;
}

function element(tag, text) {
  const made = document.createElement(tag);
  made.textContent = text;
  return made;
}

/** The article as the service understood it, read off its own page, and its player. */
async function show(id) {
  const answer = await fetch(`${base}player/${encodeURIComponent(id)}`);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const blocks = [...page.querySelectorAll(".text > *")];
  const title = page.querySelector("h1").textContent;
  reader.querySelector("h1").textContent = title;
  reader.querySelector(".text").replaceChildren(...blocks.map(({ localName, textContent }) => element(localName, textContent)));
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

/** What the form asks for; null while it is empty. */
function asked() {
  const [text, url] = [form.text.value.trim(), form.url.value.trim()];
  if (!text && !url) return null;
  const article = { speed: Number(form.speed.value), listed: false };
  if (text) article[looksLikeHtml(text) ? "html" : "text"] = text;
  if (url) article.url = /^[a-z]+:/i.test(url) ? url : `https://${url}`;
  if (form.voice.value) article.voice = form.voice.value;
  return article;
}

async function submit(event) {
  event.preventDefault();
  const wanted = asked();
  complain(wanted ? "" : "ألصق نص المقال أو اكتب عنوانه أولًا.");
  if (!wanted) return;
  const button = /** @type {HTMLButtonElement} */ (form.querySelector("[type=submit]"));
  const label = button.textContent;
  button.disabled = true;
  if (!form.text.value.trim()) button.textContent = "جارٍ جلب الصفحة…";
  try {
    const article = await send("v1/articles", wanted);
    await show(article.id);
    one(".made").hidden = false;
    one("#line").textContent = `<script async src="${base}embed.js" data-article="${article.id}"></script>`;
    one("#page").href = article.player_url;
    watch(article);
    reader.scrollIntoView({ block: "start" });
  } catch (trouble) {
    complain(trouble.message);
  }
  button.textContent = label;
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
  const length = Math.max(1, Math.round(letters / CHARACTERS_A_MINUTE));
  one("#counted").textContent = letters ? `عدد المحارف ${number.format(letters)} · المدّة نحو ${minutes.format(length)}` : "";
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
    else form.url.value = event.dataTransfer.getData("text/uri-list") || form.url.value;
  });
}

/** The article that the page shows, spoken in another voice. */
async function hear(voice) {
  const blocks = [reader.querySelector("h1"), ...reader.querySelectorAll(".text > *")];
  const html = document.createElement("article");
  html.append(...blocks.map(({ localName, textContent }) => element(localName, textContent)));
  const article = await send("v1/articles", { html: html.outerHTML, voice, listed: false });
  await show(article.id);
  await offerVoices(voice);
  reader.scrollIntoView({ block: "start" });
}

const LICENCES = { yes: "", no: " (لغير التجارة)", unknown: " (استعماله التجاري غير معروف)" };

/** @param {string} [chosen] the voice to choose instead of the usual one */
async function offerVoices(chosen) {
  const answer = await fetch(`${base}v1/voices`).catch(() => null);
  if (!answer?.ok) return; // the service's own choice stands
  const { voices, default: usual, offer } = await answer.json();
  const wanted = chosen ?? usual;
  form.voice.replaceChildren(
    ...voices.map(({ id, name, commercial_use: use }) => new Option(name.ar + LICENCES[use], id, id === wanted, id === wanted)),
  );
  if (offer && !chosen) showOffer(offer, ask, hear);
}

form.addEventListener("submit", submit);
form.text.addEventListener("input", count);
const chosen = /** @type {HTMLInputElement} */ (form.querySelector("[type=file]"));
chosen.addEventListener("change", () => chosen.files[0] && take(chosen.files[0]));
one(".readings").addEventListener("toggle", explain);
one("#copy").addEventListener("click", async ({ target }) => {
  await navigator.clipboard.writeText(one("#line").textContent);
  target.textContent = "نُسخ";
  setTimeout(() => (target.textContent = "نسخ السطر"), 2500);
});
acceptDrops();
offerVoices();
