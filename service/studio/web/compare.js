// The ballot: plays one voice at a time, takes a mark for each, and shows the marks of all votes.
'use strict';

const data = JSON.parse(document.querySelector('#data').textContent);
const find = selector => document.querySelector(selector);
const MARKS = ['سيئ', 'ضعيف', 'مقبول', 'جيد', 'ممتاز'];
const LETTERS = [...'أبجدهوزحطيكلمنسعفصقرشتثخذضظغ'];
const number = new Intl.NumberFormat('ar-u-nu-latn', { maximumFractionDigits: 2 });
const votes = new Map();
let mine = null;

const label = index => `الصوت ${LETTERS[index] ?? index + 1}`;

function show(voice, index) {
    const sheet = find('#voice').content.firstElementChild.cloneNode(true);
    const audio = sheet.querySelector('audio');
    audio.src = voice.audio;
    audio.setAttribute('aria-label', label(index));
    audio.addEventListener('play', () => {
        for (const other of document.querySelectorAll('audio')) if (other !== audio) other.pause();
    });
    sheet.querySelector('h2').textContent = label(index);
    MARKS.forEach((word, mark) => {
        const choice = document.createElement('label');
        const input = Object.assign(document.createElement('input'), { type: 'radio', name: voice.id, value: mark + 1 });
        choice.append(input, ` ${mark + 1} · ${word}`);
        sheet.querySelector('fieldset').append(choice);
    });
    find('#voices').append(sheet);
    if (!data.blind) name(sheet, voice);
}

const USES = {
    yes: 'يُسمح بالاستعمال التجاري',
    no: 'لا يُسمح بالاستعمال التجاري',
    unknown: 'الاستعمال التجاري غير معروف',
};

function name(sheet, voice) {
    sheet.querySelector('h2').textContent = voice.name;
    sheet.querySelector('audio').setAttribute('aria-label', voice.name);
    const id = sheet.querySelector('.id');
    id.textContent = voice.id;
    id.hidden = false;
    const licence = sheet.querySelector('.licence');
    licence.textContent = USES[voice.commercial];
    licence.classList.toggle('no', voice.commercial !== 'yes');
    licence.hidden = false;
}

function problem(element, text) {
    element.textContent = text;
    element.hidden = !text;
}

function cast(event) {
    event.preventDefault();
    const form = new FormData(find('#ballot'));
    const scores = Object.fromEntries(data.voices.map(voice => [voice.id, Number(form.get(voice.id))]));
    const missing = data.voices.findIndex(voice => !scores[voice.id]);
    if (missing >= 0) {
        problem(find('#problem'), `لم تضع بعد درجة لـ«${data.blind ? label(missing) : data.voices[missing].name}».`);
        find(`[name="${CSS.escape(data.voices[missing].id)}"]`).focus();
        return;
    }
    problem(find('#problem'), '');
    mine = { ballot: data.ballot, id: crypto.randomUUID?.() ?? String(Math.random()), voter: find('#voter').value.trim(), date: new Date().toISOString(), blind: data.blind, order: data.voices.map(voice => voice.id), scores };
    votes.set(mine.id, mine);
    reveal();
    tally();
    find('#result').focus();
}

function reveal() {
    document.querySelectorAll('.voice').forEach((sheet, index) => name(sheet, data.voices[index]));
    for (const input of document.querySelectorAll('#ballot input, #ballot button')) input.disabled = true;
}

function tally() {
    const all = [...votes.values()];
    const rows = data.voices.map(voice => {
        const marks = all.map(vote => vote.scores[voice.id]).filter(Boolean);
        return { voice, marks: marks.length, mean: marks.reduce((sum, mark) => sum + mark, 0) / marks.length };
    });
    rows.sort((a, b) => (b.mean || 0) - (a.mean || 0));
    find('#rows').replaceChildren(...rows.map(({ voice, marks, mean }) => {
        const row = document.createElement('tr');
        const cells = [voice.name, marks ? number.format(mean) : '–', number.format(marks), voice.licence];
        row.append(...cells.map(text => Object.assign(document.createElement('td'), { textContent: text })));
        return row;
    }));
    find('#count').textContent = `عدد بطاقات التصويت: ${number.format(all.length)}`;
    find('#result').hidden = false;
}

/** Whether a file is a vote on this page: marks from 1 to 5 for its voices. */
function fits(vote) {
    return vote?.ballot === data.ballot && typeof vote.id === 'string' && vote.scores !== null && typeof vote.scores === 'object'
        && Object.entries(vote.scores).every(([id, mark]) => data.voices.some(voice => voice.id === id) && Number.isInteger(mark) && mark >= 1 && mark <= MARKS.length);
}

async function add(event) {
    const refused = [];
    for (const file of event.target.files) {
        try {
            const vote = JSON.parse(await file.text());
            if (!fits(vote)) throw new TypeError(file.name);
            votes.set(vote.id, vote);
        } catch {
            refused.push(file.name);
        }
    }
    event.target.value = '';
    problem(find('#unread'), refused.length ? `ليس تصويتًا على هذا المقال: ${refused.join('، ')}` : '');
    tally();
}

function download() {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([JSON.stringify(mine, null, 2)], { type: 'application/json' }));
    link.download = `vote-${data.ballot}-${mine.id.slice(0, 8)}.json`;
    link.click();
    URL.revokeObjectURL(link.href);
}

/** Hand the page to the next listener; of a blind one the names are hidden, and the order is drawn anew. */
function again() {
    find('#ballot').reset();
    for (const input of document.querySelectorAll('#ballot input, #ballot button')) input.disabled = false;
    if (data.blind) {
        shuffle(data.voices);
        find('#voices').replaceChildren();
        data.voices.forEach(show);
        find('#result').hidden = true;
    }
    find('.voice audio').focus();
}

function shuffle(list) {
    for (let last = list.length - 1; last > 0; last--) {
        const other = Math.floor(Math.random() * (last + 1));
        [list[last], list[other]] = [list[other], list[last]];
    }
}

find('#lead').textContent = data.blind
    ? 'استمع إلى المقال نفسه بكل صوت، ثم ضع لكل صوت درجة. تظهر الأسماء بعد التصويت، والأصوات كلها بمستوى ارتفاع واحد.'
    : 'استمع إلى المقال نفسه بكل صوت، ثم ضع لكل صوت درجة. الأصوات كلها بمستوى ارتفاع واحد.';
find('#text').textContent = data.text;
data.voices.forEach(show);
find('#ballot').addEventListener('submit', cast);
find('#download').addEventListener('click', download);
find('#others').addEventListener('change', add);
find('#again').addEventListener('click', again);
