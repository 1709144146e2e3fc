// Where only a robot speaks, the home page says so and offers a natural voice: to install, and to hear.

const LOOK_MS = 1000;
const USES = { yes: "مسموح", no: "غير مسموح", unknown: "غير معروف" };
const megabytes = new Intl.NumberFormat("ar", { style: "unit", unit: "megabyte", unitDisplay: "short", maximumSignificantDigits: 2 });
const percent = new Intl.NumberFormat("ar", { style: "percent" });

const sleep = (ms) => new Promise((wake) => setTimeout(wake, ms));

/**
 * @typedef {{ id: string, name: { ar: string }, licence: string, commercial_use: "yes" | "no" | "unknown",
 *   installed: boolean, bytes: number | null, command: string }} Offer as in `GET /v1/voices`
 * @param {Offer} offer
 * @param {(method: string, path: string, body?: object) => Promise<any>} ask sends a request of the page's user; throws
 *   an error whose message is for people
 * @param {(voice: string) => Promise<void>} hear makes the article anew in a voice
 */
export function showOffer(offer, ask, hear) {
  const card = /** @type {HTMLElement} */ (document.querySelector(".offer"));
  const one = (selector) => card.querySelector(selector);
  const [install, listen, accept, bar, said] = ["#install", "#listen", "#accept", "#installing", "#installing-text"].map(one);
  one("#offered").textContent = offer.name.ar;
  one("#licence").textContent = offer.licence;
  const lawful = offer.commercial_use === "yes";
  one("#earning").textContent = USES[offer.commercial_use];
  one("#size").textContent = offer.bytes ? megabytes.format(offer.bytes / 1e6) : "غير معروف";
  one("#command").textContent = offer.command;
  one("#keep").textContent = `ISTAMI_VOICE=${offer.id}`;
  accept.parentElement.hidden = lawful;

  function show({ status, bytes_done: done, bytes_total: total, error }) {
    const [here, running] = [status === "installed", status === "installing"];
    one("#to-install").hidden = here;
    one("#to-hear").hidden = !here;
    one("#progress").hidden = !running && !error;
    install.disabled = running || !(accept.checked || lawful);
    if (running && total) bar.value = done / total;
    else if (running) bar.removeAttribute("value");
    bar.hidden = !running;
    said.textContent = error ? error.ar : total ? `جارٍ التثبيت: ${percent.format(Math.min(1, done / total))}` : "جارٍ التثبيت…";
  }

  async function follow(state) {
    show(state);
    while (state.status === "installing") {
      await sleep(LOOK_MS);
      state = await ask("GET", `v1/voices/${offer.id}/install`);
      show(state);
    }
    if (state.status === "installed") await hear(offer.id);
  }

  const fail = (trouble) => show({ status: "absent", bytes_done: 0, bytes_total: null, error: { ar: trouble.message } });

  install.addEventListener("click", () =>
    ask("POST", `v1/voices/${offer.id}/install`, { accept_licence: accept.checked }).then(follow).catch(fail),
  );
  listen.addEventListener("click", () => hear(offer.id).catch(fail));
  accept.addEventListener("change", () => (install.disabled = !accept.checked));
  show({ status: offer.installed ? "installed" : "absent", bytes_done: 0, bytes_total: offer.bytes, error: null });
  card.hidden = false;
}
