// The second file: everything that is used during playback only. `more.js` loads it on the first press.
import { Controls } from "./controls.js";

const own = /** @type {import("./more.js").Second} */ (document.currentScript);
own.parts = { Controls };
