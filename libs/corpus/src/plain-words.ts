/** A text as answers and options are compared: NFKC, in lower case, one space between words. */
export const plainWords = (text: string): string => text.normalize('NFKC').toLowerCase().replace(/\s+/gu, ' ').trim();
