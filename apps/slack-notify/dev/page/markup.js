// Slack's markup to nodes. Text becomes text nodes only, so nothing in it can become a part of the page.

/** @param {{ type: string, text: string }} text a text object of Block Kit */
export function toNodes({ type, text }) {
  return type === 'mrkdwn' ? formatted(text) : withLineEnds(decode(text));
}

/** Links, mentions, `*bold*` and `_italic_`, in the order in which Slack looks for them. */
function formatted(text) {
  return text
    .split(/(<[^<>]+>)/)
    .flatMap((part) => (/^<.+>$/.test(part) ? [toInclusion(part.slice(1, -1))] : styled(part)));
}

function styled(text) {
  return text.split(/(\*[^*\n]+\*|_[^_\n]+_)/).flatMap((part) => {
    const [, mark, inner] = /^([*_])(.+)\1$/.exec(part) ?? [];
    if (mark === undefined) return withLineEnds(decode(part));
    const element = document.createElement(mark === '*' ? 'strong' : 'em');
    element.append(...withLineEnds(decode(inner)));
    return [element];
  });
}

/** What stands between `<` and `>`: a mention, or a link with or without a label. */
function toInclusion(inner) {
  const [target = '', label] = inner.split(/\|(.*)/s);
  if (/^[!@#]/.test(target)) {
    const mention = document.createElement('mark');
    mention.textContent = decode(label ?? target.replace(/^!/, '@'));
    return mention;
  }
  if (!/^(https?:|mailto:)/.test(target)) return document.createTextNode(decode(`<${inner}>`));
  const link = document.createElement('a');
  link.href = decode(target);
  link.target = '_blank';
  link.rel = 'noreferrer';
  link.textContent = decode(label ?? target);
  return link;
}

function withLineEnds(text) {
  return text.split('\n').flatMap((line, index) => {
    const node = document.createTextNode(line);
    return index === 0 ? [node] : [document.createElement('br'), node];
  });
}

/** The three entities that Slack knows, each once. */
function decode(text) {
  const characters = { '&lt;': '<', '&gt;': '>', '&amp;': '&' };
  return text.replace(/&(?:lt|gt|amp);/g, (entity) => characters[entity]);
}
