// "The answer is" as other languages write it, where it can mean nothing else. What denies an answer ("la respuesta no es B", "答案不是B") is no cue.
import type { Cue } from './cues.ts';

const forms: { readonly [language: string]: string } = {
  Spanish: String.raw`(?:respuesta|opci[oó]n)(?: (?:correcta|final|adecuada|m[aá]s probable|m[aá]s adecuada))?(?: (?:es|ser[ií]a)(?!\p{L})| ?:)`,
  French: String.raw`r[eé]ponse(?: (?:correcte|finale|exacte|juste))?(?: est(?!\p{L})| ?:)`,
  German: String.raw`antwort(?: (?:ist|lautet|wäre)(?!\p{L})| ?:)`,
  Portuguese: String.raw`resposta(?: (?:correta|certa|final))?(?: (?:é|seria)(?!\p{L})| ?:)`,
  Italian: String.raw`risposta(?: (?:corretta|giusta|esatta|finale))?(?: è(?!\p{L})| ?:)`,
  Dutch: String.raw`antwoord(?: is(?!\p{L})| ?:)`,
  Chinese: '(?:答案|正解)(?:应该|应当|應該|应|就)?(?:是|为|為|选|選|:)|故选[择:]?|因此选[择:]?',
  Japanese: '(?:答え|正解|解答|回答)(?:は|:)',
  Korean: '(?:정답|답)(?:은| ?:)',
  Russian: '(?<![а-яё])ответ ?[:—–-]',
  Hindi: 'उत्तर(?: है)?[ :]',
  Arabic: '(?:الإجابة|الاجابة|الجواب)(?: (?:الصحيحة|الصحيح|النهائية|النهائي))?(?: (?:هي|هو))?[ :]',
  Thai: 'คำตอบ(?:ที่ถูกต้อง)?(?:คือ|:)',
};
const FORM = new RegExp(`(?<![a-zà-ÿ])(?:${Object.values(forms).join('|')})`.normalize('NFKC'), 'giu');

/** Every such announcement, in order; all are strong. Linear. */
export function findForeignCues(text: string): readonly Cue[] {
  return [...text.matchAll(FORM)].map((found): Cue => ({ start: found.index, at: found.index + found[0].length, rule: 'answer statement', strong: true, final: false, negated: false }));
}
