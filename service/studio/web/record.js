// The recording booth: the reader's consent, one sentence after the other, and a WAV of each to the server.

const find = selector => document.querySelector(selector);
const number = new Intl.NumberFormat('ar-u-nu-latn', { maximumFractionDigits: 0 });
const key = new URLSearchParams(location.hash.slice(1)).get('key') ?? sessionStorage.getItem('key') ?? '';
const LONGEST_SECONDS = 35;
const UNREACHABLE = 'تعذّر الوصول إلى البرنامج. أبقِ الأمر istami voices record عاملًا، ثم أعد المحاولة.';
const NO_MICROPHONE = {
    NotAllowedError: 'لم يُسمح باستعمال الميكروفون. اسمح به لهذه الصفحة من إعدادات المتصفح.',
    NotFoundError: 'لا يوجد ميكروفون موصول.',
    NotReadableError: 'يستعمل الميكروفونَ برنامج آخر.',
};

/** A level, whose sign stays on its left. */
const decibels = level => `\u2066${level.toFixed(0)} dBFS\u2069`;

let session = { prompts: [], done: new Set() };
let at = 0;
let tape = null;
let blocks = null;
let busy = false;

/** An error whose message the reader is shown. */
class Told extends Error {}

function problem(text = '') {
    find('#problem').textContent = text;
    find('#problem').hidden = !text;
}

async function ask(path, options = {}) {
    let answer;
    try {
        answer = await fetch(path, { ...options, headers: { ...options.headers, Authorization: `Bearer ${key}` } });
    } catch {
        throw new Told(UNREACHABLE);
    }
    const body = await answer.json().catch(() => ({}));
    if (!answer.ok) throw new Told(body.ar ?? UNREACHABLE);
    return body;
}

async function begin() {
    sessionStorage.setItem('key', key);
    history.replaceState(null, '', location.pathname);
    try {
        const { done, ...rest } = await ask('session');
        session = { ...rest, done: new Set(done) };
    } catch (error) {
        problem(error.message);
        return;
    }
    find('#name').textContent = session.name;
    if (session.consent) {
        enter();
        return;
    }
    const year = new Date();
    year.setFullYear(year.getFullYear() + 2);
    find('#until').value = year.toISOString().slice(0, 10);
    find('#consent').hidden = false;
    statement();
}

function statement() {
    const form = new FormData(find('#consent'));
    find('#statement').textContent = session.statement.replace(/\{(\w+)\}/g, (_, name) => String(form.get(name)).trim() || '…');
}

async function sign(event) {
    event.preventDefault();
    problem();
    try {
        const form = Object.fromEntries(new FormData(find('#consent')));
        session.consent = (await ask('consent', { method: 'POST', body: JSON.stringify(form), headers: { 'Content-Type': 'application/json' } })).consent;
        enter();
    } catch (error) {
        problem(error.message);
    }
}

function enter() {
    find('#consent').hidden = true;
    find('#booth').hidden = false;
    const first = session.prompts.findIndex(prompt => !session.done.has(prompt.id));
    go(first < 0 ? session.prompts.length - 1 : first);
}

function go(index) {
    if (blocks || busy) return;
    at = Math.min(Math.max(index, 0), session.prompts.length - 1);
    find('#heard').hidden = true;
    find('#heard').pause();
    show();
    tell(session.done.has(session.prompts[at].id) ? 'سُجّلت هذه الجملة. التسجيل من جديد يحلّ محل القديم.' : '');
}

function show() {
    const prompt = session.prompts[at];
    find('#prompt').textContent = find('#marks').checked ? prompt.vowelled : prompt.written;
    const done = session.done.size, all = session.prompts.length;
    find('#count').textContent = `الجملة ${number.format(at + 1)} من ${number.format(all)}، والمسجَّل ${number.format(done)}`;
    find('#progress').value = done / all;
    find('#record').textContent = blocks ? 'أوقف التسجيل' : 'ابدأ التسجيل';
    find('#record').disabled = busy;
    find('#previous').disabled = blocks !== null || busy || at === 0;
    find('#next').disabled = blocks !== null || busy || at === all - 1;
}

function tell(text, kind = '') {
    const told = find('#told');
    told.textContent = text;
    told.classList.toggle('good', kind === 'good');
    told.classList.toggle('bad', kind === 'bad');
}

/** The microphone, as it is: without what calls do to speech. */
async function microphone() {
    if (!navigator.mediaDevices) throw new Told('لا يتيح المتصفح الميكروفون إلا على localhost أو عبر HTTPS.');
    try {
        const stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1, echoCancellation: false, noiseSuppression: false, autoGainControl: false } });
        const context = new AudioContext();
        await context.audioWorklet.addModule('record-worklet.js');
        const node = new AudioWorkletNode(context, 'tape', { numberOfOutputs: 0, channelCount: 1, channelCountMode: 'explicit' });
        context.createMediaStreamSource(stream).connect(node);
        node.port.onmessage = ({ data }) => heard(data);
        return { context, node, stream };
    } catch (error) {
        throw new Told(NO_MICROPHONE[error.name] ?? `تعذّر فتح الميكروفون: ${error.message}`);
    }
}

function heard(block) {
    const level = Math.max(-60, 20 * Math.log10(Math.max(...block.map(Math.abs)) || 1e-6));
    const meter = find('#meter');
    meter.setAttribute('aria-valuenow', level.toFixed(0));
    meter.firstElementChild.style.inlineSize = `${((level + 60) / 60) * 100}%`;
    meter.classList.toggle('hot', level > -3);
    if (!blocks) return;
    blocks.push(block);
    if ((blocks.length * block.length) / tape.context.sampleRate > LONGEST_SECONDS) toggle();
}

async function toggle() {
    if (busy) return;
    problem();
    if (blocks) {
        const taken = blocks;
        blocks = null;
        await send(taken);
        return;
    }
    busy = true;
    show();
    try {
        tape ??= await microphone();
        await tape.context.resume();
        blocks = [];
        find('#heard').pause();
        tell('يُسجَّل الآن: انتظر لحظة، ثم اقرأ.');
    } catch (error) {
        problem(error.message);
    }
    busy = false;
    show();
}

async function send(taken) {
    const prompt = session.prompts[at];
    const file = wav(taken, tape.context.sampleRate);
    busy = true;
    show();
    tell('يُفحص التسجيل…');
    URL.revokeObjectURL(find('#heard').src);
    find('#heard').src = URL.createObjectURL(file);
    find('#heard').hidden = false;
    try {
        const { speech, noise } = await ask(`takes/${prompt.id}`, { method: 'PUT', body: file });
        session.done.add(prompt.id);
        tell(`حُفظ. مستوى الصوت ${decibels(speech)}، ومستوى الغرفة ${decibels(noise)}.`, 'good');
    } catch (error) {
        tell(error.message, 'bad');
    }
    busy = false;
    show();
}

/** A WAV file of 16 bits, mono. */
function wav(taken, rate) {
    const count = taken.reduce((sum, block) => sum + block.length, 0);
    const view = new DataView(new ArrayBuffer(44 + 2 * count));
    const text = (offset, letters) => [...letters].forEach((letter, index) => view.setUint8(offset + index, letter.charCodeAt(0)));
    text(0, 'RIFF');
    view.setUint32(4, 36 + 2 * count, true);
    text(8, 'WAVEfmt ');
    view.setUint32(16, 16, true);
    view.setUint16(20, 1, true);
    view.setUint16(22, 1, true);
    view.setUint32(24, rate, true);
    view.setUint32(28, 2 * rate, true);
    view.setUint16(32, 2, true);
    view.setUint16(34, 16, true);
    text(36, 'data');
    view.setUint32(40, 2 * count, true);
    let offset = 44;
    for (const block of taken) {
        for (const sample of block) {
            view.setInt16(offset, Math.round(Math.min(1, Math.max(-1, sample)) * 32767), true);
            offset += 2;
        }
    }
    return new Blob([view], { type: 'audio/wav' });
}

function pressed(event) {
    if (find('#booth').hidden || event.target.closest('button, input, summary, audio') || event.repeat) return;
    if (event.key === ' ') {
        event.preventDefault();
        toggle();
    }
    if (event.key === 'ArrowLeft') go(at + 1);
    if (event.key === 'ArrowRight') go(at - 1);
}

find('#consent').addEventListener('submit', sign);
find('#consent').addEventListener('input', statement);
find('#record').addEventListener('click', toggle);
find('#next').addEventListener('click', () => go(at + 1));
find('#previous').addEventListener('click', () => go(at - 1));
find('#marks').addEventListener('change', show);
document.addEventListener('keydown', pressed);
begin();
