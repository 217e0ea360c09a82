/** A page of a few words, for what the panel has no page for. Everything is escaped. */
export interface PlainPage {
  readonly title: string;
  readonly sentences: readonly string[];
  readonly links?: readonly { readonly href: string; readonly text: string; readonly target: string | null }[];
}

export function plainPage({ title, sentences, links = [] }: PlainPage): string {
  const paragraphs = sentences.map((sentence) => `<p>${escape(sentence)}</p>`);
  const anchors = links.map(({ href, text, target }) => {
    const where = target === null ? '' : ` target="${escape(target)}"`;
    return `<p><a href="${escape(href)}"${where}>${escape(text)}</a></p>`;
  });
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">',
    `<title>${escape(title)}</title></head><body><main><h1>${escape(title)}</h1>`,
    ...paragraphs,
    ...anchors,
    '</main></body></html>',
  ].join('\n');
}

function escape(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? '');
}
