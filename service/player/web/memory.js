// What a reader's own browser remembers for them: where they left off. No cookie, nothing sent.

const DAYS = 30;
const PREFIX = "istami:";

/** Storage may be denied (private windows, sandboxed frames): then nothing is remembered. */
function quietly(action) {
  try {
    return action(localStorage);
  } catch {
    return null;
  }
}

export function remember(address, seconds) {
  quietly((store) => store.setItem(PREFIX + address, JSON.stringify([Math.floor(seconds), Date.now()])));
}

export function forget(address) {
  quietly((store) => store.removeItem(PREFIX + address));
}

/** Seconds into the recording; 0 where nothing is remembered, or nothing recent. */
export function recall(address) {
  const found = quietly((store) => JSON.parse(store.getItem(PREFIX + address)));
  if (!Array.isArray(found)) return 0;
  const [seconds, saved] = found;
  if (Date.now() - saved > DAYS * 86_400_000) {
    forget(address);
    return 0;
  }
  return Number(seconds) || 0;
}

/** The moment a link points at: `#t=95`, `#t=1:35` or `#t=1m35s`; 0 for none. */
export function linked(hash = location.hash) {
  const value = new URLSearchParams(hash.slice(1)).get("t") ?? "";
  if (/^[\d:.]+$/.test(value)) return value.split(":").reduce((sum, part) => sum * 60 + Number(part), 0) || 0;
  const [, h, m, s] = value.match(/^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/) ?? [];
  return Number(h ?? 0) * 3600 + Number(m ?? 0) * 60 + Number(s ?? 0);
}
