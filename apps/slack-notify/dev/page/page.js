import { toNodes } from './markup.js';

const list = document.querySelector('#messages');
const count = document.querySelector('#count');
let shown = 0;

/** Show what is new, and look again soon. */
async function refresh() {
  try {
    const response = await fetch('/messages');
    const messages = await response.json();
    // A stand-in that was started again begins anew.
    if (messages.length < shown) {
      list.replaceChildren();
      shown = 0;
    }
    const isAtEnd = window.innerHeight + window.scrollY >= document.body.scrollHeight - 40;
    list.append(...messages.slice(shown).map(toArticle));
    if (messages.length > shown && isAtEnd) window.scrollTo(0, document.body.scrollHeight);
    shown = messages.length;
    count.textContent = shown === 0 ? 'No message yet' : shown === 1 ? '1 message' : `${shown} messages`;
    document.body.classList.remove('gone');
  } catch {
    // It was stopped.
    document.body.classList.add('gone');
  }
  setTimeout(refresh, 500);
}

function toArticle({ ts, text, blocks, postedAtMs }) {
  const article = element('article', {}, avatar(), body());
  article.dataset.ts = ts;
  return article;

  function avatar() {
    return element('div', { className: 'avatar', ariaHidden: 'true' }, 'T');
  }
  function body() {
    const time = element('time', { dateTime: new Date(postedAtMs).toISOString() }, clock.format(postedAtMs));
    const head = element('p', { className: 'author' }, element('b', {}, 'Twenty'), element('small', {}, 'APP'), time);
    const content = blocks.length > 0 ? blocks.map(toBlock) : [element('p', {}, ...toNodes({ type: 'mrkdwn', text }))];
    return element('div', { className: 'body' }, head, ...content);
  }
}

function toBlock({ type, text, fields = [], elements = [] }) {
  if (type === 'divider') return element('hr', {});
  if (type === 'header') return element('h2', {}, ...toNodes(text));
  if (type === 'context') return element('p', { className: 'context' }, ...elements.flatMap(toText));
  const paragraphs = text ? [element('p', {}, ...toNodes(text))] : [];
  const cells = fields.map((field) => element('p', {}, ...toNodes(field)));
  return element(
    'section',
    {},
    ...paragraphs,
    ...(cells.length > 0 ? [element('div', { className: 'fields' }, ...cells)] : []),
  );
}

const toText = (part) => (part.type === 'image' ? [] : toNodes(part));
const clock = new Intl.DateTimeFormat('en', { timeStyle: 'medium' });

function element(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

void refresh();
