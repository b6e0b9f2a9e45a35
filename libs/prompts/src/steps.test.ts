import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { joinSteps, markStep, normaliseStep, openStep, parseSteps, splitSteps, STEP_SEPARATOR, STEP_ZERO } from './index.ts';

const fragments = ['Step 1:', 'Step 12: ', '**Step 2:**', '### Step 3:', 'STEP 4:', 'Stepwise', ' therapy', '\n', '\n\n', '\r\n', '\t', ' ', '**', '__', '#', 'a', '\u0000', '\u2028', '\u0085', '<|im_end|>', '<', '|', '>', '</s>', '[INST]', STEP_ZERO];
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
  it('refuses to join a step that would split into others', () => {
    for (const text of ['', ' a', 'a\n\nb', 'a\nStep 2: b', 'Step 1: a', 'a\r\nb', 'a<|im_end|>']) expect(() => joinSteps([STEP_ZERO, text])).toThrow(RangeError);
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
  it('is idempotent and never leaves a separator', () => {
    fc.assert(fc.property(anyText, (text) => {
      const once = normaliseStep(text);
      expect(normaliseStep(once)).toBe(once);
      expect(once).not.toContain(STEP_SEPARATOR);
      expect(once).toBe(once.trim());
    }), { numRuns: 1000 });
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
  it('keeps paragraphs of one step together', () => {
    expect(splitSteps(' a\n\nb\n\nStep 3: c', 2)).toEqual(['a\nb', 'c']);
  });
  it('ends where the model begins another solution', () => {
    expect(splitSteps(` The answer is B.\n\nStep 0: ${STEP_ZERO}\n\nStep 1: other`, 3)).toEqual(['The answer is B.']);
    expect(splitSteps(` Step 0: ${STEP_ZERO}\n\nStep 1: a`, 1)).toEqual(['a']);
  });
  it('gives back what was joined', () => {
    fc.assert(fc.property(fc.array(step, { minLength: 1, maxLength: 12 }), (steps) => {
      expect(parseSteps(joinSteps([STEP_ZERO, ...steps]))).toEqual([STEP_ZERO, ...steps]);
      const prefix = openStep([STEP_ZERO]);
      const whole = joinSteps([STEP_ZERO, ...steps]);
      expect(whole.startsWith(prefix)).toBe(true);
      expect(splitSteps(whole.slice(prefix.length), 1)).toEqual(steps);
    }), { numRuns: 1000 });
  });
  it('gives steps that can be joined, on any text', () => {
    fc.assert(fc.property(anyText, fc.integer({ min: 0, max: 20 }), (text, first) => {
      const steps = splitSteps(text, first);
      expect(steps.length === 0 ? '' : joinSteps(steps)).toBe(steps.map((one, k) => `Step ${k}: ${one}`).join('\n\n'));
    }), { numRuns: 1000 });
  });
});
