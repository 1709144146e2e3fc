// The listening test: plays one word of each pair, drawn anew each time, and counts what was understood.
'use strict';

const data = JSON.parse(document.querySelector('#data').textContent);
const find = selector => document.querySelector(selector);
const number = new Intl.NumberFormat('ar-u-nu-latn');
const answers = [];

function alone(audio) {
    audio.addEventListener('play', () => {
        for (const other of document.querySelectorAll('audio')) if (other !== audio) other.pause();
    });
}

function show(pair, index) {
    const sheet = find('#pair').content.firstElementChild.cloneNode(true);
    const said = Math.floor(Math.random() * 2);
    const audio = sheet.querySelector('.trial');
    sheet.querySelector('h2').textContent = `الزوج ${number.format(index + 1)} من ${number.format(data.pairs.length)}`;
    sheet.querySelector('.tag').textContent = pair.contrast;
    audio.src = pair.audio[said];
    audio.setAttribute('aria-label', `الزوج ${number.format(index + 1)}`);
    alone(audio);
    pair.words.forEach((word, which) => {
        const button = Object.assign(document.createElement('button'), { type: 'button', className: 'answer word', textContent: word });
        button.addEventListener('click', () => answer(sheet, pair, index, said, which));
        sheet.querySelector('.answers').append(button);
    });
    find('#pairs').append(sheet);
}

function answer(sheet, pair, index, said, which) {
    answers[index] = { contrast: pair.contrast, said: pair.words[said], heard: pair.words[which], right: said === which };
    sheet.querySelectorAll('.answer').forEach((button, number_) => {
        button.setAttribute('aria-pressed', String(number_ === which));
        button.disabled = true;
    });
    const told = sheet.querySelector('.told');
    told.textContent = said === which ? 'أصبت.' : `قيلت: «${pair.words[said]}».`;
    told.classList.add(said === which ? 'good' : 'bad');
    told.hidden = false;
    const both = sheet.querySelector('.both');
    pair.words.forEach((word, number_) => {
        const label = Object.assign(document.createElement('p'), { className: 'word', textContent: word });
        const audio = Object.assign(document.createElement('audio'), { controls: true, preload: 'none', src: pair.audio[number_] });
        audio.setAttribute('aria-label', word);
        alone(audio);
        both.append(label, audio);
    });
    both.hidden = false;
    tally();
}

function tally() {
    const given = answers.filter(Boolean);
    const contrasts = [...new Set(data.pairs.map(pair => pair.contrast))];
    find('#rows').replaceChildren(...contrasts.map(contrast => {
        const of = given.filter(one => one.contrast === contrast);
        const row = document.createElement('tr');
        const cells = [contrast, number.format(of.filter(one => one.right).length), number.format(of.length)];
        row.append(...cells.map(text => Object.assign(document.createElement('td'), { textContent: text })));
        return row;
    }));
    find('#count').textContent = `الأجوبة الصحيحة: ${number.format(given.filter(one => one.right).length)} من ${number.format(given.length)}`;
}

function download() {
    const sheet = { voice: data.voice, fingerprint: data.fingerprint, date: new Date().toISOString(), answers: answers.filter(Boolean) };
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([JSON.stringify(sheet, null, 2)], { type: 'application/json' }));
    link.download = `listened-${data.voice}.json`;
    link.click();
    URL.revokeObjectURL(link.href);
}

data.pairs.forEach(show);
tally();
find('#download').addEventListener('click', download);
