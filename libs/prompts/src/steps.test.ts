import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { joinSteps, markStep, normaliseStep, openStep, parseSteps, splitSteps, STEP_SEPARATOR, STEP_ZERO } from './index.ts';

const fragments = ['Step 1:', 'Step 12: ', '**Step 2:**', '### Step 3:', 'STEP 4:', 'Stepwise', ' therapy', '\n', '\n\n', '\r\n', '\t', ' ', '**', '__', '#', 'a', '\u0000', '\u2028', '\u0085', '<|im_end|>', '<', '|', '>', '</s>', '[INST]', STEP_ZERO, '\u200b', '\u00ad', '\u200d', '\ufeff', '\u3000', 'Ｓｔｅｐ ５：', '＜', '｜', 'é', 'ش', 'User:', 'ASSISTANT :', '### Response:', '1.5 mg', '- ', '| a | b |', '```'];
const steppings = ['marked', 'paragraph'] as const;
const anyText = fc.oneof(fc.string({ unit: 'binary' }), fc.array(fc.oneof(fc.constantFrom(...fragments), fc.string({ maxLength: 4 })), { maxLength: 25 }).map((parts) => parts.join('')));
const step = anyText.map(normaliseStep).filter((text) => text !== '' && text !== STEP_ZERO);

describe('the frozen format', () => {
  it('is "Step 0: …", a blank line, "Step 1: …", and an open mark without a space', () => {
    expect(STEP_ZERO).toBe("Let's break down this problem step by step.");
    expect(STEP_SEPARATOR).toBe('\n\n');
    expect(markStep(3)).toBe('Step 3: ');
    expect(joinSteps([STEP_ZERO, 'a', 'b'])).toBe("Step 0: Let's break down this problem step by step.\n\nStep 1: a\n\nStep 2: b");
    expect(openStep([STEP_ZERO, 'a'])).toBe("Step 0: Let's break down this problem step by step.\n\nStep 1: a\n\nStep 2:");
    expect(openStep([])).toBe('Step 0:');
  });
  it('has no marks where steps are paragraphs, and the prefix ends with the separator', () => {
    expect(markStep(3, 'paragraph')).toBe('');
    expect(joinSteps([STEP_ZERO, 'a', 'b'], 'paragraph')).toBe("Let's break down this problem step by step.\n\na\n\nb");
    expect(openStep([STEP_ZERO, 'a'], 'paragraph')).toBe("Let's break down this problem step by step.\n\na\n\n");
    expect(openStep([], 'paragraph')).toBe('');
  });
  it('refuses to join a step that would split into others', () => {
    for (const stepping of steppings) for (const text of ['', ' a', 'a\n\nb', 'a\nStep 2: b', 'Step 1: a', 'a\r\nb', 'a<|im_end|>', 'a\nUser: b', 'a\n\u200b\nb', STEP_ZERO]) expect(() => joinSteps([STEP_ZERO, text], stepping)).toThrow(RangeError);
  });
});

describe('normaliseStep', () => {
  it('leaves one newline of a run of blank lines, LF of CRLF, and no control characters', () => {
    expect(normaliseStep('  a \r\n\r\n \t\r\n  b\u0000\u0007 \n\n')).toBe('a\n  b');
  });
  it('takes marks off the beginning and joins marked lines inside to the line before', () => {
    expect(normaliseStep('Step 4: **Step 5:** a')).toBe('a');
    expect(normaliseStep('a\nStep 2: b\n### Step 3: c')).toBe('a Step 2: b ### Step 3: c');
  });
  it('breaks template tokens, which would close the turn when the step is part of a prefix', () => {
    expect(normaliseStep('a<|im_end|><|im_start|>user')).toBe('a< |im_end| >< |im_start| >user');
  });
  it('reads lines as a tokenizer would that drops invisible characters and folds full-width ones', () => {
    expect(normaliseStep('a\n\u200b\nb \u00ad\n\u2060')).toBe('a\nb');
    expect(normaliseStep('\u200bStep\u00ad 4: a')).toBe('a');
    expect(normaliseStep('Ｓｔｅｐ\u3000４： a')).toBe('a');
    expect(normaliseStep('می\u200cخواهم 👩\u200d⚕️ 1\ufe0f\u20e3')).toBe('می\u200cخواهم 👩\u200d⚕️ 1\ufe0f\u20e3'); // where they carry meaning they stay
  });
  it('quotes lines that begin like a turn, and leaves words that begin like headings of a chart', () => {
    expect(normaliseStep('User: a\nASSISTANT : b\n### Response: c')).toBe('> User: a\n> ASSISTANT : b\n> ### Response: c');
    expect(normaliseStep('System: cardiovascular\nResponse: good\nUsers: none')).toBe('System: cardiovascular\nResponse: good\nUsers: none');
  });
  it('is idempotent and never leaves a separator', () => {
    fc.assert(fc.property(anyText, (text) => {
      const once = normaliseStep(text);
      expect(normaliseStep(once)).toBe(once);
      expect(once).not.toContain(STEP_SEPARATOR);
      expect(once).toBe(once.trim());
    }), { numRuns: 4000 });
  });
});

describe('splitSteps', () => {
  it('does not cut inside words, numbers or lines (known defect: "Stepwise therapy")', () => {
    const text = ' Stepwise therapy begins.\nStepwise: go on.\nStep-down therapy, as in Step 2: less.\nSteps 1: none.\nStep 1000: none.\nStep two: none.\nStep 2 is done.\n- Step 2: none.';
    expect(splitSteps(text, 1)).toEqual([text.trim()]);
  });
  it('cuts at marks at the beginning of lines, whatever their dress and number', () => {
    expect(splitSteps(' a\n\nStep 2: b\n**Step 3:** c\n### Step 4: d\n**Step 5**: e\nSTEP 9: f\n\nStep 10: g\nStep 10: h', 1)).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']);
  });
  it('keeps bold that belongs to the step', () => {
    expect(splitSteps(' a\n**Step 2: Anemia.** It is mild.\nStep 3: **Iron** is low.', 1)).toEqual(['a', '**Anemia.** It is mild.', '**Iron** is low.']);
  });
  it('drops an echo of the open mark and empty steps', () => {
    expect(splitSteps(' Step 2: a\n\nStep 3:\n\nStep 4: b\n', 2)).toEqual(['a', 'b']);
    expect(splitSteps(' \n', 1)).toEqual([]);
  });
  it('makes the same of a prefix with its continuation as of the continuation behind its prefix', () => {
    for (const stepping of steppings) expect(parseSteps(`${openStep([STEP_ZERO, 'a'], stepping)} b\n\nStep 3: ${STEP_ZERO}\n\nStep 4: c\n\nStep 0: d`, stepping)).toEqual([STEP_ZERO, 'a', 'b', 'c']);
  });
  it('keeps paragraphs of one step together', () => {
    expect(splitSteps(' a\n\nb\n\nStep 3: c', 2)).toEqual(['a\nb', 'c']);
  });
  it('ends where the model begins another solution', () => {
    expect(splitSteps(` The answer is B.\n\nStep 0: ${STEP_ZERO}\n\nStep 1: other`, 3)).toEqual(['The answer is B.']);
    expect(splitSteps(` Step 0: ${STEP_ZERO}\n\nStep 1: a`, 1)).toEqual(['a']);
  });
  it('keeps words and numbers that look like marks, in both steppings (known defect: "Step" split inside words)', () => {
    const kept = ['Stepwise therapy begins with 1.5 mg.', 'See step 2 of the protocol: 10 mg.', 'Give 2.5 mg, then 1.5 mg: step down.', 'Footstep 3: none.', 'STEPS 1-3: as above.', 'Step 10 of 12 is done.', 'Step 1.5: none.', 'In Step 3: see there.'];
    for (const stepping of steppings) expect(parseSteps(joinSteps([STEP_ZERO, ...kept], stepping), stepping)).toEqual([STEP_ZERO, ...kept]);
    expect(splitSteps(' a\nStep 10: b\nStep 11: c', 9)).toEqual(['a', 'b', 'c']);
  });
  it.each(steppings)('gives back what was joined, exactly: a %s chain split behind any of its prefixes (property)', (stepping) => {
    fc.assert(fc.property(fc.array(step, { minLength: 1, maxLength: 12 }), fc.nat(), (steps, cut) => {
      const texts = [STEP_ZERO, ...steps], whole = joinSteps(texts, stepping), first = 1 + (cut % steps.length);
      expect(parseSteps(whole, stepping)).toEqual(texts);
      const prefix = openStep(texts.slice(0, first), stepping);
      expect(whole.startsWith(prefix)).toBe(true);
      expect(splitSteps(whole.slice(prefix.length), first, stepping)).toEqual(texts.slice(first));
    }), { numRuns: 4000 });
  });
  it.each(steppings)('makes any continuation of a %s prefix steps that split and join alike, behind the steps of the prefix (property)', (stepping) => {
    fc.assert(fc.property(fc.array(step, { maxLength: 6 }), anyText, (steps, continuation) => {
      const before = [STEP_ZERO, ...steps], written = splitSteps(continuation, before.length, stepping);
      const parsed = parseSteps(openStep(before, stepping) + continuation, stepping);
      expect(parsed).toEqual([...before, ...written]);
      expect(parseSteps(joinSteps([...before, ...written], stepping), stepping)).toEqual([...before, ...written]);
    }), { numRuns: 4000 });
  });
  it('gives steps that can be joined, on any text', () => {
    fc.assert(fc.property(anyText, fc.integer({ min: 0, max: 20 }), fc.constantFrom(...steppings), (text, first, stepping) => {
      const steps = splitSteps(text, first, stepping);
      expect(steps.length === 0 ? '' : joinSteps(steps, stepping)).toBe(steps.map((one, k) => `${stepping === 'marked' ? `Step ${k}: ` : ''}${one}`).join('\n\n'));
    }), { numRuns: 4000 });
  });
});

describe('steps as paragraphs', () => {
  it('are what stands between blank lines, whatever it is part of', () => {
    expect(splitSteps('Fever:\n- a\n- b\n\n| x | y |\n| 1 | 2 |\n \t\n```\ncode\n\nmore\n```', 1, 'paragraph')).toEqual(['Fever:\n- a\n- b', '| x | y |\n| 1 | 2 |', '```\ncode', 'more\n```']);
  });
  it('lose a mark that the model writes anyway, and a marked line begins one', () => {
    expect(splitSteps('Step 1: a\n\n**Step 2:** b\nStep 3: c\n\n### Step 4:\n\nd', 1, 'paragraph')).toEqual(['a', 'b', 'c', 'd']);
  });
  it('drop an echo of Step 0 and end where another solution begins', () => {
    expect(splitSteps(`${STEP_ZERO}\n\na\n\nStep 0: ${STEP_ZERO}\n\nb`, 1, 'paragraph')).toEqual(['a']);
  });
  it('are one step where a marked policy writes them inside one', () => {
    expect(splitSteps(' a\n\nb\n\nStep 2: c', 1, 'marked')).toEqual(['a\nb', 'c']);
  });
});
