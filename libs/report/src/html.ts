// Markup as a value. Whatever is put into a template is text unless it is markup already, so that no string of a model, a file or a flag can become an element.

/** Markup that may stand in a page as it is. Made by `html` alone, or of constants of this package. */
export class Html {
  readonly markup: string;
  constructor(markup: string) { this.markup = markup; }
  toString(): string { return this.markup; }
}

export type HtmlPart = Html | string | number | null | undefined | false | readonly HtmlPart[];

const entities: { readonly [character: string]: string } = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Text as it stands between tags or in a quoted attribute. Half a surrogate pair becomes U+FFFD, since a file of UTF-8 cannot hold it; U+0000, which HTML forbids, too. */
export const escaped = (text: string): string => text.toWellFormed().replaceAll('\u0000', '\uFFFD').replaceAll(/[&<>"']/g, (character) => entities[character]!);

const markupOf = (part: HtmlPart): string => {
  if (part instanceof Html) return part.markup;
  if (Array.isArray(part)) return part.map(markupOf).join('');
  return part === null || part === undefined || part === false ? '' : escaped(String(part));
};

/** A template whose values are escaped; null, undefined and false are nothing, arrays are their parts in order. Attributes must be quoted in the template. */
export const html = (strings: TemplateStringsArray, ...parts: readonly HtmlPart[]): Html => new Html(strings.map((text, index) => text + (index < parts.length ? markupOf(parts[index]!) : '')).join(''));
