import { describe, expect, expectTypeOf, it } from 'vitest';
import { defineSettings } from './define-settings.ts';
import { environmentName } from './environment-name.ts';
import type { SettingsOf, SettingsSchema } from './setting.ts';

describe('defineSettings', () => {
  it('gives each key the type of its value', () => {
    const schema = defineSettings({
      'a.text': { type: 'string', default: 'x', doc: 'Text.' },
      'a.maybe': { type: 'string', default: null, doc: 'Text or none.' },
      'a.count': { type: 'integer', default: 1, doc: 'Count.' },
      'a.limit': { type: 'integer', default: 1, optional: true, doc: 'Count or none.' },
      'a.on': { type: 'boolean', default: false, doc: 'Switch.' },
      'a.labels': { type: 'enum', values: ['soft', 'hard'], default: 'soft', doc: 'Labels.' },
      'a.wait': { type: 'duration', default: '30s', doc: 'Wait.' },
      'a.size': { type: 'bytes', default: '8MB', doc: 'Size.' },
      'a.paths': { type: 'list', default: [], doc: 'Paths.' },
      'a.tables': { type: 'list', values: ['sft', 'prm'], default: ['sft'], doc: 'Tables.' },
    });
    expect(Object.isFrozen(schema)).toBe(true);
    expectTypeOf<SettingsOf<typeof schema>>().toEqualTypeOf<{
      readonly 'a.text': string; readonly 'a.maybe': string | null; readonly 'a.count': number; readonly 'a.limit': number | null; readonly 'a.on': boolean;
      readonly 'a.labels': 'soft' | 'hard'; readonly 'a.wait': number; readonly 'a.size': number; readonly 'a.paths': readonly string[]; readonly 'a.tables': readonly ('sft' | 'prm')[];
    }>();
  });

  const text = { type: 'string', default: '', doc: 'Text.' } as const;
  it.each<[string, SettingsSchema, string]>([
    ['a key that is no dotted camel case', { 'Models.x': text }, 'settings: "Models.x" is not a key such as models.inFlight'],
    ['a key that is also a group', { models: text, 'models.url': text }, 'settings: models is a setting and the group of models.url'],
    ['two keys with one variable', { 'a.bC': text, 'a.b.c': text }, 'settings: a.b.c and a.bC share the name SLOWTHINK_A_B_C'],
    ['two keys with one flag', { a: { ...text, flag: '--x' }, b: { ...text, flag: '--x' } }, 'settings: b and a share the name --x'],
    ['a variable that a secret reads its file name from', { 'a.key': { ...text, secret: true }, 'a.keyFile': text }, 'settings: a.keyFile and a.key share the name SLOWTHINK_A_KEY_FILE'],
    ['a secret with a flag', { a: { ...text, secret: true, flag: '--a' } }, 'settings: a is secret and cannot have the flag --a'],
    ['a flag without dashes', { a: { ...text, flag: 'a' } }, 'settings: a has the flag "a"; write it as --in-flight'],
    ['a default outside its range', { a: { type: 'integer', default: 0, min: 1, doc: 'A.' } }, 'settings: the default of a is 0; allowed: a whole number of at least 1'],
    ['a default that is no value of its enum', { a: { type: 'enum', values: ['x', 'y'], default: 'z', doc: 'A.' } }, 'settings: the default of a is "z"; allowed: one of x, y'],
    ['a range that is no duration', { a: { type: 'duration', default: '1s', min: '1 second', doc: 'A.' } }, 'settings: min of a is "1 second", which is no duration'],
  ])('refuses %s', (_, schema, message) => { expect(() => defineSettings(schema)).toThrow(new TypeError(message)); });
});

it('names variables in upper snake case', () => {
  expect(['seed', 'models.inFlight', 'models.topP', 'models.openAIKey', 'broker.sqlite3Path'].map(environmentName))
    .toEqual(['SLOWTHINK_SEED', 'SLOWTHINK_MODELS_IN_FLIGHT', 'SLOWTHINK_MODELS_TOP_P', 'SLOWTHINK_MODELS_OPEN_AI_KEY', 'SLOWTHINK_BROKER_SQLITE3_PATH']);
});
