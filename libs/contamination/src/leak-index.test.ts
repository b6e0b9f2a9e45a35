// Invented items, and what training sets do to them. The same on the real files: npm run measure:leaks, docs/contamination.md.
import fc from 'fast-check';
import type { QuestionRecord } from '@slowthink/records';
import { describe, expect, it } from 'vitest';
import { filteredKinds } from './kinds.ts';
import { LeakIndex } from './leak-index.ts';

type Question = Pick<QuestionRecord, 'id' | 'prompt' | 'gold'>;
const letters = 'ABCDE';
const choice = (id: string, stem: string, options: readonly string[]): Question => ({
  id, prompt: { text: `${stem}\n${options.map((text, at) => `${letters[at]}. ${text}`).join('\n')}` }, gold: { kind: 'choice', answer: 'A', options: options.map((text, at) => ({ letter: letters[at]!, text })) },
});
const open = (id: string, text: string): Question => ({ id, prompt: { text }, gold: { kind: 'open', answer: 'x' } });
const calculation = (id: string, text: string): Question => ({ id, prompt: { text }, gold: { kind: 'number', answer: '1', tolerance: 0 } as unknown as Question['gold'] });

const longStem = 'A 43-year-old gardener from Lund has had a grey cough for 12 days and notices that ferns smell of copper whenever rain falls on the greenhouse roof. Which organ should be examined first?';
const organs = ['The spleen', 'The tongue', 'The inner nose', 'The pancreas'];
const shortStem = 'Which gland makes the blue hormone luminase?';
const glands = ['Thyroid', 'Pineal gland', 'Left adrenal', 'Thymus'];
const trueOptions = ['Moss absorbs copper at night', 'Ferns have no roots', 'Lichens are two beings', 'Pollen never moves'];
const title = 'Does nightly singing shorten the recovery of harbour pilots after knee surgery?';
const dose = 'Order: fictomycin 18 mg/kg per day, divided into 3 equal doses. The gardener weighs 50 kg. How many mg does one dose hold?';

const items: readonly Question[] = [choice('long', longStem, organs), choice('short', shortStem, glands), choice('generic', 'Which of the following is true?', trueOptions), choice('title', title, ['yes', 'no', 'maybe']), calculation('dose', dose)];
const index = new LeakIndex(items);
const look = (question: Question): string | undefined => { const leak = index.look(question); return leak && `${leak.kind} of ${leak.items[0]}`; };
const filler = Array.from({ length: 60 }, (_, at) => `filler${at}`).join(' ');

describe('an item of 13 words and more', () => {
  it.each([
    ['word for word in other typography', choice('q', longStem.toUpperCase().replaceAll(' ', '  ').replaceAll('-', '‑'), organs.map((text) => `${text}.`)), 'verbatim of long'],
    ['with its options re-ordered', choice('q', longStem, [...organs.slice(2), ...organs.slice(0, 2)]), 'options re-ordered of long'],
    ['with its options dropped', open('q', longStem), '13-gram of long'],
    ['with other options', choice('q', longStem, ['One', 'Two', 'Three', 'Four']), '13-gram of long'],
    ['with other numbers', choice('q', longStem.replace('43', '51').replace('12', '9'), organs), 'numbers changed of long'],
    ['with other numbers inside a longer text', open('q', `${filler} ${longStem.replace('43', '51')} ${filler}`), 'numbers changed of long'],
    ['with one other word', choice('q', longStem.replace('ferns', 'roses'), organs), '13-gram of long'],
    ['with another word in every 13-gram, and the same options', choice('q', longStem.replace('cough', 'sneeze').replace('copper', 'tin').replace('organ', 'part'), organs), 'words changed of long'],
    ['inside a longer text', open('q', `${filler} ${longStem} ${filler}`), '13-gram of long'],
  ])('is found %s', (_, question, leak) => { expect(look(question)).toBe(leak); });

  it('is reported with the share of its words that are in runs of 13, and with the beginning of the longest run', () => {
    // 35 words; "ferns" is the 19th: 18 words before it, 16 behind it
    const leak = index.look(open('q', longStem.replace('ferns', 'roses')))!;
    expect(leak.share).toBeCloseTo(34 / 35, 10);
    expect(leak.words.slice(0, 4)).toEqual(['a', '43', 'year', 'old']);
  });

  it('is not found by fewer of its words than shareMin asks for, nor by words of every examination', () => {
    const part = 'notices that ferns smell of copper whenever rain falls on the greenhouse roof'; // 13 of 35
    expect(new LeakIndex(items, { shareMin: 0.33 }).look(open('q', `${filler} ${part}`))).toMatchObject({ kind: '13-gram', share: 13 / 35 });
    expect(new LeakIndex(items, { shareMin: 0.4 }).look(open('q', `${filler} ${part}`))).toBeUndefined();
    const frame = 'Which of the following is the most likely next step in the management of this patient?';
    expect(new LeakIndex([open('item', `Copper fever. ${frame}`)]).look(open('q', `A sailor sneezes. ${frame}`))).toBeUndefined();
  });

  it('is found where the question is a part of it', () => {
    const context = new LeakIndex([open('with context', `${filler} ${filler} ${longStem}`)]);
    expect(context.look(open('q', longStem))).toMatchObject({ kind: '13-gram', items: ['with context'] });
  });
});

describe('an item below 13 words', () => {
  it.each([
    ['word for word', choice('q', shortStem, glands), 'verbatim of short'],
    ['with its options re-ordered', choice('q', shortStem, glands.toReversed()), 'options re-ordered of short'],
    ['with its options dropped', open('q', shortStem), 'short of short'],
    ['with half of its options', choice('q', shortStem, ['Thyroid', 'Thymus', 'Liver', 'Skin']), 'short of short'],
    ['inside a longer text', open('q', `${filler} ${shortStem} ${filler}`), 'short of short'],
    ['with one other word and the same options', choice('q', shortStem.replace('blue', 'green'), glands), 'words changed of short'],
    ['that has no options, with one other word', choice('q', title.replace('nightly', 'weekly'), ['yes', 'no', 'maybe']), 'words changed of title'],
  ])('is found %s', (_, question, leak) => { expect(look(question)).toBe(leak); });

  it('is found inside a longer text by three words and more that tell what it is about, and alone by two', () => {
    const muscles = new LeakIndex([open('muscles', 'Skeletal muscles are which of the following?'), open('red', 'Red skeletal muscles are which of the following?')]);
    expect(muscles.look(open('q', `${filler} Skeletal muscles are which of the following? ${filler}`))).toBeUndefined();
    expect(muscles.look(open('q', `${filler} Red skeletal muscles are which of the following? ${filler}`))).toMatchObject({ kind: 'short', items: ['red'] });
    expect(new LeakIndex([choice('muscles', 'Skeletal muscles:', trueOptions)]).look(open('q', 'Skeletal muscles'))).toMatchObject({ kind: 'short' });
  });
  it('asks something else where no option stayed', () => { expect(look(choice('q', shortStem, ['Red', 'Green', 'Grey', 'White']))).toBeUndefined(); });
  it('asks something else where more than a word or two changed', () => { expect(look(choice('q', 'Which gland stores the green salt in winter?', glands))).toBeUndefined(); });
});

describe('a stem that tells nothing', () => {
  it('flags no question by itself', () => {
    expect(look(open('q', 'Which of the following is true?'))).toBeUndefined();
    expect(look(choice('q', 'Which of the following is true?', ['Iron floats on tin', 'Gold is a gas', 'Zinc sings', 'Lead is light']))).toBeUndefined();
    expect(look(open('q', `${filler} Which of the following is true? ${filler}`))).toBeUndefined();
  });
  it('flags no question by its template', () => {
    const years = (a: number, b: number): Question => open(`${a}`, `Which of the following is true of all of these after ${a} years or after ${b} years?`);
    const some = new LeakIndex([years(3, 5)]);
    expect([some.look(years(4, 6)), some.look(open('q', `${filler} ${years(4, 6).prompt.text} ${filler}`))]).toEqual([undefined, undefined]);
    expect(some.look(years(3, 5))).toMatchObject({ kind: 'verbatim' });
  });
  it('is found with its options, in any order, and with half of them', () => {
    expect(look(choice('q', 'Which of the following is true?', trueOptions))).toBe('verbatim of generic');
    expect(look(choice('q', 'Which of the following is true?', trueOptions.toReversed()))).toBe('options re-ordered of generic');
    expect(look(choice('q', 'Which of the following is true?', [...trueOptions.slice(0, 2), 'Zinc sings', 'Lead is light']))).toBe('short of generic');
  });
});

describe('a calculation', () => {
  const others = dose.replace('18', '21').replace('50', '64');
  it('with other numbers is one of the same template, also where only a part of its words is there', () => {
    expect(look(calculation('q', others))).toBe('numbers changed of dose');
    expect(look(calculation('q', dose.replace('18', '21').replace('Order: fictomycin', 'Take tin,')))).toBe('numbers changed of dose'); // 16 words in a row, without the 18
  });
  it('inside a longer text is the item with its numbers first, then the others of its template', () => {
    const family = new LeakIndex([calculation('other', others), calculation('same', dose), choice('long', longStem, organs)]);
    expect(family.look(open('q', `${filler} ${dose} ${filler}`))).toMatchObject({ kind: '13-gram', share: 1, items: ['same', 'other'] });
  });
  it('with other numbers is left to the filter as a new question, and dropped with the same numbers', () => {
    const filter = new LeakIndex(items, { kinds: filteredKinds });
    expect(filter.look(calculation('q', others))).toBeUndefined();
    expect(filter.look(calculation('q', dose.replace('fictomycin', 'salvarin')))).toMatchObject({ kind: '13-gram', items: ['dose'] });
    expect(filter.look(calculation('q', dose))).toMatchObject({ kind: 'verbatim' });
    expect(filter.look(choice('q', longStem.replace('43', '51'), organs))).toMatchObject({ kind: '13-gram', items: ['long'] }); // no calculation: its numbers are not what it asks
  });
});

describe('questions and items at the edge', () => {
  it('finds nothing in a question without a word, nor in an item without one', () => {
    const bare = new LeakIndex([open('empty', '?!'), open('blank', ' ')]);
    expect([look(open('q', '')), look(open('q', '…')), bare.look(open('q', '?!')), bare.look(open('q', longStem))]).toEqual([undefined, undefined, undefined, undefined]);
  });
  it('finds an item of one word in the same question alone', () => {
    const one = new LeakIndex([open('one', 'Anemia?')]);
    expect(one.look(open('q', 'ANÆMIA'))).toBeUndefined();
    expect(one.look(open('q', 'anemia'))).toMatchObject({ kind: 'verbatim' });
    expect(one.look(open('q', `${filler} anemia ${filler}`))).toBeUndefined();
  });
  it('names every item with the same words, and the instruction of a set is no leak', () => {
    const instruction = 'In this task you will be given a sentence and the name of a drug and you indicate every dose of it in the sentence.';
    const tasks = new LeakIndex(['Monks took fictomycin at dawn.', 'Nobody took salvarin.', 'The cat was given tin.'].map((text, at) => open(`task ${at}`, `${instruction} ${text}`)));
    expect(tasks.look(open('q', `${instruction} A horse ate oats.`))).toBeUndefined();
    expect(tasks.look(open('q', `${instruction} Monks took fictomycin at dawn.`))).toMatchObject({ items: ['task 0'] });
    expect(new LeakIndex([open('a', title), open('b', title.toLowerCase())]).look(open('q', title))).toMatchObject({ items: ['a', 'b'] });
  });
  it('reads Unicode forms as one', () => {
    const unicode = new LeakIndex([open('item', 'Does Sjögren’s syndrome ﬁrst dry the eyes of ２４ lighthouse keepers in the naïve cohort of Ærø?')]);
    expect(unicode.look(open('q', 'does sjo\u0308gren\'s syn\u00addrome first dry the eyes of 24 lighthouse keepers in the nai\u0308ve cohort of ærø'))).toMatchObject({ kind: 'verbatim' });
  });
});

describe('whatever the words are', () => {
  const word = fc.constantFrom('ash', 'birch', 'cedar', 'date', 'elm', 'fir', 'gum', 'hazel', 'ivy', 'the', 'which', 'is', '5', '12');
  const words = (minLength: number, maxLength: number) => fc.array(word, { minLength, maxLength }).map((some) => some.join(' '));

  it('finds a copy of an item of 13 words and more in any surroundings, even beside items that hold it', () => {
    const others = fc.array(fc.tuple(words(13, 40), fc.boolean()), { maxLength: 14 });
    fc.assert(fc.property(words(13, 40), others, words(0, 40), words(0, 40), (stem, beside, before, after) => {
      const some = new LeakIndex([...beside.map(([other, holds], at) => open(`other ${at}`, holds ? `${other} ${stem}` : other)), open('item', stem)]);
      expect(some.look(open('q', `${before}\n${stem}. ${after}`))?.items).toContain('item');
    }));
  });

  it('comes to the same whatever the order of the options, but for the kind of an exact copy', () => {
    const options = fc.uniqueArray(fc.constantFrom('red ash', 'blue elm', 'old fir', 'wet ivy', 'dry gum', 'tall birch'), { minLength: 2, maxLength: 5 });
    fc.assert(fc.property(words(3, 30), options, options, fc.nat(), (stem, one, other, turn) => {
      const some = new LeakIndex([choice('item', stem, one), choice('another', longStem, organs)]);
      const turned = [...other.slice(turn % other.length), ...other.slice(0, turn % other.length)];
      const told = (given: readonly string[]): unknown => { const leak = some.look(choice('q', stem, given)); return leak && { ...leak, kind: leak.kind === 'verbatim' ? 'options re-ordered' : leak.kind }; };
      expect(told(turned)).toEqual(told(other));
    }));
  });

  it('comes to the same whatever the order of the items', () => {
    fc.assert(fc.property(fc.array(words(3, 30), { minLength: 2, maxLength: 8 }), words(3, 40), (stems, asked) => {
      const all = stems.map((stem, at) => open(`item ${at}`, stem));
      const [one, other] = [new LeakIndex(all).look(open('q', asked)), new LeakIndex(all.toReversed()).look(open('q', asked))];
      expect(other && { ...other, items: other.items.toSorted(), words: [] }).toEqual(one && { ...one, items: one.items.toSorted(), words: [] });
    }));
  });
});
