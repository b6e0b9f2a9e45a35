import { servingForm } from '@slowthink/serving';
import { readSettings } from '@slowthink/wiring';
import { expect, it } from 'vitest';
import { evolutionFolder } from './evolution-folder.ts';
import { evolutionSettings } from './evolution-settings.ts';
import { refuseAdapters } from './refuse-adapters.ts';

const check = (flags: { readonly [flag: string]: string }) => (): void => {
  const settings = evolutionSettings(readSettings({ flags: { policy: 'openai:http://127.0.0.1:1#llama', ...flags }, env: {}, remember: false }), new Map(), evolutionFolder('/nowhere'), undefined);
  const form = (key: 'evolve.serving' | 'evolve.scorerServing') => servingForm(settings.values[key], { folder: '/nowhere' });
  refuseAdapters({ ...settings, serving: form('evolve.serving'), scorerServing: form('evolve.scorerServing') });
};
const lora = 'lora:http://127.0.0.1:1#llama', whole = 'restart:http://127.0.0.1:1 serve {model} {name}', adapter = 'restart:http://127.0.0.1:1 serve {adapter} {name}';

it.each<readonly [{ readonly [flag: string]: string }, RegExp]>([
  [{ serving: lora, rounds: '2' }, /^--serving lora:http:\/\/127\.0\.0\.1:1#llama serves LoRA adapters over the base of the server, and from round 2 on an adapter is trained on the policy of the round before\.$/],
  [{ serving: adapter, rounds: '3' }, /from round 2 on/],
  [{ serving: lora, evolution: 'meds3-v4' }, /DPO of meds3-v4 trains its adapter on what SFT made/],
  [{ serving: lora, 'base-adapter': 'adapters/one' }, /--base-adapter is merged into the base/],
  [{ 'scorer-serving': lora }, /^--scorer-serving .* every step scorer is trained on the new policy/],
  [{ 'scorer-serving': adapter }, /^--scorer-serving .* every step scorer/],
])('%j is refused: the server would lay an adapter over other weights than it was trained on', (flags, why) => {
  expect(check(flags)).toThrow(expect.objectContaining({ code: 'SERVING_FAILED', message: expect.stringMatching(why) as string, hint: expect.stringContaining('{model}') as string }) as Error);
});

it.each([[{ serving: lora, rounds: '1' }], [{ serving: whole, 'scorer-serving': whole, rounds: '3' }], [{ evolution: 'meds3-v4' }]])('%j is served', (flags) => {
  expect(check(flags as { readonly [flag: string]: string })).not.toThrow();
});
