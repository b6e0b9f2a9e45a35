const wordsMax = 600; // characters

/** The last lines that a program printed, without those of a stack, as one sentence; '' where it said nothing. */
export function lastWords(said: string): string {
  const lines = said.split('\n').filter((line) => line.trim() !== '' && !/^\s+(at |File ")|^\s{4,}|^Traceback|^--- /.test(line)).slice(-5);
  const text = lines.join(' ').replace(/\s+/g, ' ').trim();
  return text === '' ? '' : `${text.slice(-wordsMax)}${/[.!?]$/.test(text) ? '' : '.'}`;
}
