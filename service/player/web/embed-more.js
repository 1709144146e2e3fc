// What readers need once they listen, and few before: `more.js` loads it when a reader first presses.
import { Controls } from "./controls.js";

const own = /** @type {import("./more.js").Second} */ (document.currentScript);
own.parts = { Controls };
