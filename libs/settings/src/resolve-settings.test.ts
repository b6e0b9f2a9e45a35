import { parseArgs } from 'node:util';
import { FaultError, type FaultCode } from '@slowthink/faults';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { defineSettings } from './define-settings.ts';
import { flagOptions } from './flag-options.ts';
import { resolveSettings, type SettingsSources } from './resolve-settings.ts';

const schema = defineSettings({
  'models.inFlight': { type: 'integer', default: 64, min: 1, max: 4096, flag: '--in-flight', doc: 'Requests at once.' },
  'models.timeoutMs': { type: 'duration', default: '2m', min: '1s', doc: 'One request.' },
  'models.probe': { type: 'duration', default: '5s', max: '1h', doc: 'First probe after an outage.' },
  'models.apiKey': { type: 'string', default: null, secret: true, doc: 'Key of the server.' },
  'models.temperature': { type: 'number', default: 1, min: 0, max: 2, doc: 'Temperature.' },
  'label.kind': { type: 'enum', values: ['soft', 'hard'], default: 'soft', flag: '--labels', doc: 'Labels.' },
  'import.questions': { type: 'list', separator: null, default: [], flag: '--questions', doc: 'Files.' },
  'seal.tables': { type: 'list', values: ['sft', 'prm'], default: ['sft', 'prm'], flag: '--tables', doc: 'Tables.' },
  'search.depthMax': { type: 'integer', default: 6, min: 1, optional: true, flag: '--depth', doc: 'Depth.' },
  'topic.recordMax': { type: 'bytes', default: '8MB', max: '1GiB', doc: 'Largest record.' },
  follow: { type: 'boolean', default: false, flag: '--follow', doc: 'Wait for more.' },
  pinPin: { type: 'integer', default: 0, secret: true, doc: 'A secret number.' },
});
const resolve = (sources: Omit<SettingsSources<typeof schema>, 'schema'>) => resolveSettings({ schema, ...sources });
const file = (values: unknown) => ({ file: { path: 'slowthink.json', values } });

function faultOf(sources: Omit<SettingsSources<typeof schema>, 'schema'>): { code: FaultCode; message: string } {
  try { resolve(sources); } catch (error) { if (error instanceof FaultError) return { code: error.code, message: error.message }; throw error; }
  throw new Error('resolveSettings took the sources');
}

describe('resolveSettings', () => {
  it('gives every key its default when nothing is given', () => {
    const { values, origins } = resolve({});
    expect(values).toEqual({
      'models.inFlight': 64, 'models.timeoutMs': 120_000, 'models.probe': 5000, 'models.apiKey': null, 'models.temperature': 1, 'label.kind': 'soft', 'import.questions': [],
      'seal.tables': ['sft', 'prm'], 'search.depthMax': 6, 'topic.recordMax': 8_000_000, follow: false, pinPin: 0,
    });
    expect(new Set(Object.values(origins).map((origin) => origin.from))).toEqual(new Set(['default']));
    expectTypeOf(values['label.kind']).toEqualTypeOf<'soft' | 'hard'>();
  });

  it('prefers flag to file, file to environment, environment to default, and remembers which', () => {
    const flags = { 'in-flight': '1' };
    const inFile = file({ models: { inFlight: 2 } });
    const env = { SLOWTHINK_MODELS_IN_FLIGHT: '3' };
    const pick = (sources: Omit<SettingsSources<typeof schema>, 'schema'>) => { const { values, origins } = resolve(sources); return [values['models.inFlight'], origins['models.inFlight']]; };
    expect(pick({ flags, ...inFile, env })).toEqual([1, { from: 'flag', name: '--in-flight' }]);
    expect(pick({ ...inFile, env })).toEqual([2, { from: 'file', name: 'slowthink.json' }]);
    expect(pick({ env })).toEqual([3, { from: 'environment', name: 'SLOWTHINK_MODELS_IN_FLIGHT' }]);
    expect(pick({})).toEqual([64, { from: 'default', name: 'models.inFlight' }]);
  });

  it('freezes values, lists and origins', () => {
    const { values, origins } = resolve(file({ import: { questions: ['a.json'] } }));
    for (const frozen of [values, values['import.questions'], values['seal.tables'], origins, origins['import.questions']]) expect(Object.isFrozen(frozen)).toBe(true);
  });

  it.each<[string, Omit<SettingsSources<typeof schema>, 'schema'>, keyof (typeof schema), unknown]>([
    ['a flag written with its dashes', { flags: { '--in-flight': '8' } }, 'models.inFlight', 8],
    ['a flag that was not given', { flags: { 'in-flight': undefined } }, 'models.inFlight', 64],
    ['a switch', { flags: { follow: true } }, 'follow', true],
    ['a switch in the environment', { env: { SLOWTHINK_FOLLOW: 'true' } }, 'follow', true],
    ['a dotted key of the file', file({ 'models.inFlight': 9 }), 'models.inFlight', 9],
    ['a file with a $schema', file({ $schema: './settings.json', follow: true }), 'follow', true],
    ['an empty group of the file', file({ models: {} }), 'models.inFlight', 64],
    ['a duration with a unit', file({ models: { probe: '1m30s' } }), 'models.probe', 90_000],
    ['a bare number where the key ends in Ms', { env: { SLOWTHINK_MODELS_TIMEOUT_MS: '30000' } }, 'models.timeoutMs', 30_000],
    ['bytes as text', file({ topic: { recordMax: '512kB' } }), 'topic.recordMax', 512_000],
    ['bytes as a number', file({ topic: { recordMax: 512 } }), 'topic.recordMax', 512],
    ['none for an optional setting', { flags: { depth: 'none' } }, 'search.depthMax', null],
    ['null of the file for an optional setting', file({ search: { depthMax: null } }), 'search.depthMax', null],
    ['a list split at commas', { flags: { tables: 'prm, sft' } }, 'seal.tables', ['prm', 'sft']],
    ['a repeated flag with commas too', { flags: { tables: ['prm', 'sft'] } }, 'seal.tables', ['prm', 'sft']],
    ['paths whole, commas and all', { flags: { questions: ['a,b.json', 'c.json'] } }, 'import.questions', ['a,b.json', 'c.json']],
    ['an empty variable as not set', { env: { SLOWTHINK_MODELS_IN_FLIGHT: '', SLOWTHINK_NOBODY: '' } }, 'models.inFlight', 64],
    ['variables of other programs', { env: { PATH: '/bin', SLOWTHINKING: '1' } }, 'models.inFlight', 64],
    ['names known elsewhere', { flags: { json: true }, env: { SLOWTHINK_HOME: '/x' }, alsoKnown: ['--json', 'SLOWTHINK_HOME'] }, 'models.inFlight', 64],
    ['a broken value that a stronger source replaces', { flags: { 'in-flight': '5' }, env: { SLOWTHINK_MODELS_IN_FLIGHT: 'many' } }, 'models.inFlight', 5],
    ['a number in scientific notation', { env: { SLOWTHINK_MODELS_TEMPERATURE: '5e-1' } }, 'models.temperature', 0.5],
  ])('takes %s', (_, sources, key, value) => { expect(resolve(sources).values[key]).toEqual(value); });

  it.each<[Omit<SettingsSources<typeof schema>, 'schema'>, FaultCode, string]>([
    [{ flags: { 'in-fligth': '8' } }, 'SETTING_UNKNOWN', '--in-fligth is not a flag; the nearest is --in-flight.'],
    [{ flags: { jsn: true }, alsoKnown: ['--json'] }, 'SETTING_UNKNOWN', '--jsn is not a flag; the nearest is --json.'],
    [file({ models: { inFligth: 8 } }), 'SETTING_UNKNOWN', 'models.inFligth in slowthink.json is not a setting; the nearest is models.inFlight.'],
    [file({ modles: { timeoutMs: {} } }), 'SETTING_UNKNOWN', 'modles.timeoutMs in slowthink.json is not a setting; the nearest is models.timeoutMs.'],
    [file({ follow: { on: true } }), 'SETTING_INVALID', 'follow is {"on":true} (file slowthink.json); allowed: true or false.'],
    [file(JSON.parse('{"__proto__": {"x": 1}}')), 'SETTING_UNKNOWN', '__proto__.x in slowthink.json is not a setting; the nearest is seal.tables.'],
    [file({ models: 3 }), 'SETTING_INVALID', 'models in slowthink.json is a plain value; it is a group of settings: models.inFlight, models.timeoutMs, models.probe, models.apiKey, models.temperature.'],
    [file({ models: { inFlight: 1 }, 'models.inFlight': 2 }), 'SETTING_INVALID', 'models.inFlight stands twice in slowthink.json.'],
    [file([1]), 'SETTING_INVALID', 'slowthink.json holds a list; allowed: one JSON object with settings by name.'],
    [{ env: { SLOWTHINK_MODEL_IN_FLIGHT: '8' } }, 'SETTING_UNKNOWN', 'SLOWTHINK_MODEL_IN_FLIGHT in the environment is not a setting; the nearest is SLOWTHINK_MODELS_IN_FLIGHT.'],
    [{ flags: { 'in-flight': 'many' } }, 'SETTING_INVALID', 'models.inFlight is "many" (flag --in-flight); allowed: a whole number from 1 to 4096.'],
    [{ flags: { 'in-flight': '0' } }, 'SETTING_INVALID', 'models.inFlight is "0" (flag --in-flight); allowed: a whole number from 1 to 4096.'],
    [{ flags: { 'in-flight': true } }, 'SETTING_INVALID', 'models.inFlight is true (flag --in-flight); allowed: a whole number from 1 to 4096.'],
    [file({ models: { inFlight: 1.5 } }), 'SETTING_INVALID', 'models.inFlight is 1.5 (file slowthink.json); allowed: a whole number from 1 to 4096.'],
    [file({ models: { inFlight: null } }), 'SETTING_INVALID', 'models.inFlight is null (file slowthink.json); allowed: a whole number from 1 to 4096.'],
    [{ env: { SLOWTHINK_MODELS_TEMPERATURE: '0x1' } }, 'SETTING_INVALID', 'models.temperature is "0x1" (environment SLOWTHINK_MODELS_TEMPERATURE); allowed: a number from 0 to 2.'],
    [{ env: { SLOWTHINK_MODELS_PROBE: '30' } }, 'SETTING_INVALID', 'models.probe is "30" (environment SLOWTHINK_MODELS_PROBE); allowed: a duration such as 500ms, 30s or 1h30m, of at most 1h.'],
    [{ env: { SLOWTHINK_MODELS_TIMEOUT_MS: '500' } }, 'SETTING_INVALID', 'models.timeoutMs is "500" (environment SLOWTHINK_MODELS_TIMEOUT_MS); allowed: a duration such as 500 (milliseconds), 30s or 1h30m, of at least 1s.'],
    [file({ topic: { recordMax: '2GiB' } }), 'SETTING_INVALID', 'topic.recordMax is "2GiB" (file slowthink.json); allowed: a size such as 512kB, 8MB or 1GiB, of at most 1GiB.'],
    [{ flags: { labels: 'firm' } }, 'SETTING_INVALID', 'label.kind is "firm" (flag --labels); allowed: one of soft, hard.'],
    [{ flags: { tables: 'sft,dpo' } }, 'SETTING_INVALID', 'seal.tables is "sft,dpo" (flag --tables); allowed: a list of sft, prm.'],
    [{ flags: { depth: 'deep' } }, 'SETTING_INVALID', 'search.depthMax is "deep" (flag --depth); allowed: a whole number of at least 1, or none.'],
    [{ env: { SLOWTHINK_PIN_PIN: 'hunter2' } }, 'SETTING_INVALID', 'pinPin is (hidden) (environment SLOWTHINK_PIN_PIN); allowed: a whole number.'],
  ])('refuses %j', (sources, code, message) => { expect(faultOf(sources)).toEqual({ code, message }); });

  it('reads a secret from the file its variable names', () => {
    const { values, origins } = resolve({ env: { SLOWTHINK_MODELS_API_KEY_FILE: '/run/key' }, readFile: (path) => `key of ${path}\n` });
    expect(values['models.apiKey']).toBe('key of /run/key');
    expect(origins['models.apiKey']).toEqual({ from: 'environment', name: 'SLOWTHINK_MODELS_API_KEY_FILE' });
  });

  it('refuses a secret given directly and by file, and a file that cannot be read', () => {
    expect(faultOf({ env: { SLOWTHINK_MODELS_API_KEY: 'a', SLOWTHINK_MODELS_API_KEY_FILE: '/k' }, readFile: () => 'b' }).message)
      .toBe('models.apiKey is given twice: by SLOWTHINK_MODELS_API_KEY and by SLOWTHINK_MODELS_API_KEY_FILE.');
    expect(faultOf({ env: { SLOWTHINK_MODELS_API_KEY_FILE: '/k' }, readFile: () => { throw new Error('ENOENT'); } }))
      .toEqual({ code: 'SETTING_INVALID', message: 'models.apiKey is in the file /k (environment SLOWTHINK_MODELS_API_KEY_FILE), which cannot be read: ENOENT.' });
  });

  it('does not read files for settings that are no secret', () => {
    expect(faultOf({ env: { SLOWTHINK_MODELS_IN_FLIGHT_FILE: '/x' }, readFile: () => '1' }).code).toBe('SETTING_UNKNOWN');
  });

  it('takes what parseArgs makes of its own flag options', () => {
    const { values: flags } = parseArgs({ args: ['--in-flight', '7', '--questions', 'a,b.json', '--questions=c.json', '--tables', 'prm', '--no-follow'], options: flagOptions(schema), allowNegative: true });
    expect(resolve({ flags }).values).toMatchObject({ 'models.inFlight': 7, 'import.questions': ['a,b.json', 'c.json'], 'seal.tables': ['prm'], follow: false });
  });
});
