// Passes what the microphone hears to the page, in blocks of some twentieth of a second.
const BLOCK = 2048;

class Tape extends AudioWorkletProcessor {
    #block = new Float32Array(BLOCK);
    #filled = 0;

    process([[channel]]) {
        if (!channel) return true;
        for (const sample of channel) {
            this.#block[this.#filled++] = sample;
            if (this.#filled === BLOCK) {
                this.port.postMessage(this.#block, [this.#block.buffer]);
                this.#block = new Float32Array(BLOCK);
                this.#filled = 0;
            }
        }
        return true;
    }
}

registerProcessor('tape', Tape);
