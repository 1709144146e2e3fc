// Loads the second file. The first file contains its hash, so one `integrity` attribute verifies both.
import second from "./embed-more.json" with { type: "json" };

/** @typedef {HTMLScriptElement & {parts: {Controls: typeof import("./controls.js").Controls}}} Second */

const own = /** @type {HTMLScriptElement?} */ (document.currentScript);
let loading = null;
let policy = null;

/**
 * Return the exports of `embed-more.js`, which is loaded once for all players: from the folder of the first file,
 * else from the service. Rejects if neither has it; the next call tries again.
 * @param {string} host the service's root
 */
export function more(host) {
  loading ??= load(own?.src || host)
    .catch(() => load(host))
    .catch((failure) => {
      loading = null;
      throw failure;
    });
  return loading;
}

async function load(base) {
  const script = /** @type {Second} */ (document.createElement("script"));
  script.src = trusted(new URL(second.file, base).href);
  script.integrity = second.integrity;
  script.crossOrigin = "anonymous";
  if (own?.nonce) script.nonce = own.nonce;
  document.head.append(script);
  await new Promise((done, fail) => {
    script.addEventListener("load", done);
    script.addEventListener("error", fail);
  }).finally(() => script.remove());
  return script.parts;
}

/** Where Trusted Types are enforced, the address of a script must come from a policy. */
function trusted(address) {
  policy ??= globalThis.trustedTypes?.createPolicy("istami", { createScriptURL: (url) => url });
  return policy ? policy.createScriptURL(address) : address;
}
