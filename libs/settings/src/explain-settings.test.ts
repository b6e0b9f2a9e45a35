import { expect, it } from 'vitest';
import { defineSettings } from './define-settings.ts';
import { explainSettings } from './explain-settings.ts';
import { resolveSettings } from './resolve-settings.ts';
import { semanticValues } from './semantic-values.ts';

const schema = defineSettings({
  'models.inFlight': { type: 'integer', default: 64, min: 1, unit: 'requests', flag: '--in-flight', doc: 'Requests at once.' },
  'models.apiKey': { type: 'string', default: null, secret: true, doc: 'Key of the server.' },
  'models.timeout': { type: 'duration', default: '2m', doc: 'One request.' },
  'search.depthMax': { type: 'integer', default: null, semantic: true, doc: 'Depth.' },
  'label.wait': { type: 'duration', default: '90s', semantic: true, doc: 'Wait.' },
  'seal.tables': { type: 'list', default: ['sft', 'prm'], doc: 'Tables.' },
  name: { type: 'string', default: '', doc: 'Name.' },
});

it('prints one aligned line a setting, and of a secret only that it is set', () => {
  const resolved = resolveSettings({ schema, flags: { 'in-flight': '8' }, file: { path: 'slowthink.json', values: { models: { timeout: '90m' }, name: 'two\nlines' } }, env: { SLOWTHINK_MODELS_API_KEY: 'sk-1234' } });
  expect(explainSettings(resolved)).toBe([
    'models.inFlight  8             requests  flag --in-flight                      Requests at once.',
    'models.apiKey    (set)                   environment SLOWTHINK_MODELS_API_KEY  Key of the server.',
    'models.timeout   1h30m                   file slowthink.json                   One request.',
    'search.depthMax  none                    default                               Depth.',
    'label.wait       1m30s                   default                               Wait.',
    'seal.tables      sft,prm                 default                               Tables.',
    'name             "two\\nlines"            file slowthink.json                   Name.',
  ].join('\n'));
});

it('leaves the unit column out when no setting has one, and says none for a secret that is not set', () => {
  const bare = defineSettings({ key: { type: 'string', default: null, secret: true, doc: 'Key.' }, size: { type: 'bytes', default: '8MiB', doc: 'Size.' } });
  expect(explainSettings(resolveSettings({ schema: bare }))).toBe('key   none  default  Key.\nsize  8MiB  default  Size.');
});

it('gives the semantic values alone, the same however they were written', () => {
  const values = semanticValues(resolveSettings({ schema, flags: { 'in-flight': '8' } }));
  expect(values).toEqual({ 'search.depthMax': null, 'label.wait': 90_000 });
  expect(Object.isFrozen(values)).toBe(true);
  expect(semanticValues(resolveSettings({ schema, env: { SLOWTHINK_LABEL_WAIT: '1m30s' } }))).toEqual(values);
});
