/* Runs of a paragraph's text, counted as the server counts them: code points of the plain text, half-open.

   Browsers count UTF-16 code units and split the text over elements; this is the edge where both are
   converted. `root` is the element that holds a paragraph's runs and nothing else but its label. */

const LABEL = ".lbl";

/** Code points in a string. */
export function codePoints(text) {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

function labelLength(root) {
  const label = root.querySelector(LABEL);
  return label ? label.textContent.length : 0;
}

/** The paragraph's plain text, as the server keeps it. */
export function textOf(root) {
  return root.textContent.slice(labelLength(root)).replace(/\n+$/, "");
}

/** UTF-16 offset of a boundary point within the plain text. */
export function unitsBefore(root, node, offset) {
  const range = document.createRange();
  range.selectNodeContents(root);
  range.setEnd(node, offset);
  const units = range.toString().length - labelLength(root);
  return Math.min(Math.max(units, 0), textOf(root).length);
}

/** The run widened to whole graphemes, in UTF-16: never half an emoji, never a letter without its accent. */
export function wholeGraphemes(text, start, end, language) {
  const segmenter = new Intl.Segmenter(language || undefined, { granularity: "grapheme" });
  for (const { index, segment } of segmenter.segment(text)) {
    const behind = index + segment.length;
    if (index < start && start < behind) start = index;
    if (index < end && end < behind) end = behind;
    if (index >= end) break;
  }
  return [start, end];
}

/** The part of a DOM range that lies in the paragraph, as {start, end, exact} in code points; null when
    no visible character of it does. White space at the ends is left out. */
export function spanOf(root, range) {
  if (!range.intersectsNode(root)) return null;
  const text = textOf(root);
  let start = root.contains(range.startContainer) ? unitsBefore(root, range.startContainer, range.startOffset) : 0;
  let end = root.contains(range.endContainer) ? unitsBefore(root, range.endContainer, range.endOffset) : text.length;
  while (start < end && /\s/.test(text[start])) start += 1;
  while (end > start && /\s/.test(text[end - 1])) end -= 1;
  if (start >= end) return null;
  [start, end] = wholeGraphemes(text, start, end, root.closest("[lang]")?.lang);
  const before = codePoints(text.slice(0, start));
  const exact = text.slice(start, end);
  return { start: before, end: before + codePoints(exact), exact };
}

/** The DOM range of a run given in code points; null when it lies outside the text. */
export function rangeOf(root, start, end) {
  const range = document.createRange();
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT, (node) =>
    node.parentElement.closest(LABEL) ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT,
  );
  let seen = 0;
  let started = false;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    let units = 0;
    for (const point of node.data) {
      if (seen === start && !started) {
        range.setStart(node, units);
        started = true;
      }
      units += point.length;
      seen += 1;
      if (seen === end && started) {
        range.setEnd(node, units);
        return range;
      }
    }
  }
  return null;
}

/** The text cut at every start and end: [start, end, indexes of the spans on it], without gap from 0 to length.
    The same algorithm as `selectors.flat_runs` of the server. */
export function flatRuns(length, spans) {
  const events = new Map([[0, []], [length, []]]);
  const at = (offset) => events.get(offset) ?? events.set(offset, []).get(offset);
  spans.forEach(([start, end], index) => {
    at(start).push([true, index]);
    at(end).push([false, index]);
  });
  const borders = [...events.keys()].sort((a, b) => a - b);
  const active = new Set();
  const runs = [];
  for (let i = 0; i + 1 < borders.length; i += 1) {
    for (const [starts, index] of events.get(borders[i])) {
      if (starts) active.add(index);
      else active.delete(index);
    }
    runs.push([borders[i], borders[i + 1], [...active]]);
  }
  return runs;
}
