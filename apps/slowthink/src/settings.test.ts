// Wrong use is said with the nearest right word and exit 2, before anything is written; every command explains itself; no key is ever shown.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Workplace, noRetries, questionLines, smallRun, summaryOf } from './testing/command-line.ts';
import { startModelServer, status, type ModelServer } from './testing/model-server.ts';

const place = new Workplace();
let server: ModelServer;
beforeAll(async () => { server = await startModelServer(); place.write('cases.jsonl', questionLines(2)); });
afterAll(async () => { await server.close(); place.close(); });

describe.concurrent('wrong use', () => {
  const policy = ['--policy', 'openai:http://127.0.0.1:1#m'];
  it.each<readonly [string, readonly string[], string]>([
    ['an unknown recipe', [...policy, '--recipe', 'meds3'], 'SETTING_INVALID There is no recipe "meds3". Known: meds3-v2, meds3-v4, meds3-v4-round-2, seed-cpu.'],
    ['an unknown preset', [...policy, '--preset', 'labtop'], 'SETTING_INVALID There is no preset "labtop". Known: paper, small, laptop.'],
    ['unknown labels', [...policy, '--labels', 'sofd'], 'SETTING_INVALID labels.recipe is "sofd" (flag --labels); allowed: one of soft, hard, hard-rise, dual-sided, dual-sided-clamped, or none.'],
    ['a threshold that no value is above', [...policy, '--label-threshold', '1'], 'SETTING_INVALID labels.threshold is 1; allowed: 0 or more and less than 1.'],
    ['pairs that are off and on', [...policy, '--pairs', 'off,leaf'], 'SETTING_INVALID preference.pairs is off, leaf; off stands alone.'],
    ['unknown pairs', [...policy, '--pairs', 'cousins'], 'SETTING_INVALID preference.pairs is "cousins" (flag --pairs); allowed: a list of level, siblings, leaf, off, or none.'],
    ['an unknown flag', [...policy, '--presets', 'laptop'], "error: unknown option '--presets'\n(Did you mean --preset?)"],
    ['an unknown stage', ['rollouts', ...policy], "'rollouts' is invalid for argument 'stage'. Allowed choices are expand, rollout, label, shard."],
    ['a number that is none', [...policy, '--seed', 'one'], 'SETTING_INVALID seed is "one" (flag --seed); allowed: a whole number from 0 to 1073741823.'],
    ['a duration without a unit', [...policy, '--timeout', '5 apples'], 'SETTING_INVALID models.timeoutMs is "5 apples" (flag --timeout); allowed: a duration such as 500 (milliseconds), 30s or 1h30m.'],
    ['a limit that is none', [...policy, '--limit', '-3'], 'SETTING_INVALID --limit is "-3"; allowed: a whole number from 1, or all.'],
    ['a policy of no known form', ['--policy', 'http://ann:secret@127.0.0.1:1'], 'SETTING_INVALID --policy is "http://***@127.0.0.1:1"; allowed: seed, onnx:DIR[#DTYPE], openai:URL#MODEL[@REVISION], recorded:DIR. Leave --policy out for the model that ships, seed.'],
    ['the name of no model that ships', ['--policy', 'seeds'], 'SETTING_INVALID --policy is "seeds"; allowed: seed, onnx:DIR'],
    ['a server without a model', ['--policy', 'openai:http://127.0.0.1:1'], 'the name of the model is missing after "#".'],
    ['onnx without a folder', ['--policy', 'onnx:'], 'SETTING_INVALID "onnx:": the folder is missing after "onnx:".'],
    ['memory without a unit it has', [...policy, '--kv-memory', 'much'], 'SETTING_INVALID models.kvMemory is "much" (flag --kv-memory); allowed: a size such as 512kB, 8MB or 1GiB'],
    ['a broker of another kind', [...policy, '--broker', 'redis://localhost:6379'], 'SETTING_INVALID --broker is redis://localhost:6379. Write sqlite, or kafka://HOST:PORT'],
    ['a run on a Kafka without a name', [...policy, '--broker', 'kafka://localhost:9092'], 'SETTING_INVALID A run on a Kafka has no name. Add --run NAME'],
    ['a password in an address', [...policy, '--broker', 'kafka://me:secret@localhost:9092', '--run', 'x'], 'SETTING_INVALID The address in --broker holds a user or a password.'],
  ])('%s ends with exit 2, and nothing is written', async (_name, args, message) => {
    const ended = await place.run(['run', '--questions', 'cases.jsonl', '--dir', 'wrong', ...args]);
    expect(ended.stderr).toContain(message);
    expect(ended, ended.stderr).toMatchObject({ code: 2, stdout: '' });
    expect(existsSync(place.path('wrong'))).toBe(false);
  });

  it('a model folder that is not there ends with exit 3, before anything is written', async () => {
    for (const policy of ['onnx:absent', 'onnx:absent#q8', `onnx:${place.path('cases.jsonl')}`]) {
      const ended = await place.run(['run', '--questions', 'cases.jsonl', '--dir', 'wrong', '--policy', policy]);
      expect(ended, policy).toMatchObject({ code: 3, stdout: '' });
      expect(ended.stderr).toMatch(/^MODEL_FOLDER_WRONG There is no folder .*(?:absent|cases\.jsonl)\. Check the path behind "onnx:"/m);
    }
    expect(existsSync(place.path('wrong'))).toBe(false);
  });

  it('an unknown key of a settings file ends with exit 2 and names the nearest', async () => {
    place.write('wrong.json', '{"models": {"inflight": 3}}');
    const ended = await place.run(['run', '--config', 'wrong.json', '--dir', 'wrong']);
    expect(ended, ended.stderr).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toContain('SETTING_UNKNOWN models.inflight in wrong.json is not a setting; the nearest is models.inFlight.');
    place.write('torn.json', '{"models": ');
    expect((await place.run(['run', '--config', 'torn.json'])).stderr).toContain('SETTING_INVALID The settings file torn.json is not JSON');
  });

  it('an unknown variable ends with exit 2 and names the nearest', async () => {
    const ended = await place.run(['run', '--explain'], { SLOWTHINK_MODELS_APIKEY: 'sk-x' });
    expect(ended, ended.stderr).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toContain('SETTING_UNKNOWN SLOWTHINK_MODELS_APIKEY in the environment is not a setting; the nearest is SLOWTHINK_MODELS_API_KEY.');
  });

  it('a command that does not exist ends with exit 2 and names the nearest', async () => {
    const ended = await place.run(['stauts']);
    expect(ended, ended.stderr).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toContain("error: unknown command 'stauts'\n(Did you mean status?)");
  });

  it('a folder without a run ends with exit 3', async () => {
    for (const command of [['status'], ['seal'], ['rebuild'], ['inspect', 'topics']]) {
      const ended = await place.run([...command, '--dir', 'nowhere']);
      expect(ended, command.join(' ')).toMatchObject({ code: 3, stdout: '' });
      expect(ended.stderr).toMatch(/^DIR_MISSING .*nowhere.* Give the folder of an earlier run with --dir\./m);
    }
    expect(existsSync(place.path('nowhere'))).toBe(false);
  });
});

describe.concurrent('help', () => {
  it('is printed with exit 2 where no command is given', async () => {
    const ended = await place.run([]);
    expect(ended, ended.stderr).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toContain('Usage: slowthink [options] [command]');
    expect(ended.stderr).toContain('Example:\n  slowthink run\n  slowthink run --questions first-questions');
  });

  it('of every command exits 0 and shows an example that begins with the command', async () => {
    const { stdout } = await place.run(['--help']);
    const commands = [...stdout.matchAll(/^ {2}([a-z-]+) (?:\[|<| {2})/gm)].map(([, name]) => name!).filter((name) => name !== 'help');
    expect(commands).toEqual(expect.arrayContaining(['run', 'import', 'rebuild', 'seal', 'retry', 'inspect', 'score', 'status', 'topology', 'doctor']));
    const all = [...commands.map((name) => [name]), ['inspect', 'topics'], ['inspect', 'tree'], ['inspect', 'faults']];
    for (let at = 0; at < all.length; at += 4) {
      await Promise.all(all.slice(at, at + 4).map(async (command) => {
        const help = await place.run([...command, '--help']);
        expect(help, command.join(' ')).toMatchObject({ code: 0, stderr: '' });
        expect(help.stdout).toContain(`Usage: slowthink ${command.join(' ')}`);
        expect(help.stdout).toMatch(new RegExp(`Example:\\n  slowthink ${command.join(' ')}`));
      }));
    }
  });
});

describe('--explain', () => {
  it.each(['run', 'curriculum'])('of %s shows the addresses of policy and judge without name and password', async (command) => {
    const { stdout, stderr } = await place.run([command, '--explain', '--dir', 'explained', '--policy', 'openai:http://ann:sesame@host:1#m', '--grader', 'judge:openai:http://bob:tulip@host:2#big@1']);
    expect(stdout).toMatch(/^policy +openai:http:\/\/host:1\/#m /m);
    expect(stdout).toMatch(/^grader +judge:openai:http:\/\/host:2\/#big@1 /m);
    expect(stdout + stderr).not.toMatch(/ann|sesame|bob|tulip/);
  });

  it('shows where each value comes from, flag before file before environment before default, hides the key, and does nothing else', async () => {
    place.write('slowthink.json', '{"seed": 5, "stream": {"trees": 12}, "models": {"inFlight": 7}}');
    const ended = await place.run(['run', '--explain', '--dir', 'explained', '--in-flight', '9'], { SLOWTHINK_MODELS_API_KEY: 'sk-secret-123', SLOWTHINK_SEED: '6', SLOWTHINK_STREAM_LAG_MAX: '77' });
    place.write('slowthink.json', '{}');
    expect(ended, ended.stderr).toMatchObject({ code: 0, stderr: '' });
    const line = (key: string) => ended.stdout.split('\n').find((one) => one.startsWith(`${key} `))!.split(/ {2,}/);
    expect(line('models.inFlight').slice(1, 3)).toEqual(['9', 'flag --in-flight']);
    expect(line('seed').slice(1, 3)).toEqual(['5', 'file slowthink.json']);
    expect(line('stream.lagMax').slice(1, 4)).toEqual(['77', 'records', 'environment SLOWTHINK_STREAM_LAG_MAX']);
    expect(line('preset').slice(1, 3)).toEqual(['paper', 'default']);
    expect(['policy', 'recipe', 'questions', 'corpus.limit'].map((key) => line(key).slice(1, 3))).toEqual([['seed', 'default'], ['seed-cpu', 'default'], ['dosage', 'default'], ['64', 'default']]);
    expect(line('models.apiKey').slice(1, 3)).toEqual(['(set)', 'environment SLOWTHINK_MODELS_API_KEY']);
    expect(ended.stdout).not.toContain('sk-secret');
    expect(existsSync(place.path('explained'))).toBe(false);
  });

  it('shows the recipe that fits the policy, unless one is named, and takes the default questions only where none are given', async () => {
    const values = async (...args: readonly string[]): Promise<readonly string[]> => {
      const { stdout } = await place.run(['run', '--explain', '--dir', 'explained', ...args]);
      return ['recipe', 'questions', 'corpus.limit'].map((key) => new RegExp(`^${key} +(\\S+) +(\\S+(?: \\S+)?)  `, 'm').exec(stdout)!.slice(1).join(' from '));
    };
    expect(await values('--policy', 'openai:http://127.0.0.1:1#m')).toEqual(['meds3-v2 from default', 'dosage from default', '64 from default']);
    expect(await values('--policy', 'onnx:absent', '--questions', 'cases.jsonl')).toEqual(['meds3-v2 from default', 'cases.jsonl from flag --questions', 'all from default']);
    expect(await values('--recipe', 'meds3-v2', '--limit', '3')).toEqual(['meds3-v2 from flag --recipe', 'dosage from default', '3 from flag --limit']);
    expect(await values('--questions', 'dosage')).toEqual(['seed-cpu from default', 'dosage from flag --questions', 'all from default']);
    expect(existsSync(place.path('explained'))).toBe(false);
  });
});

describe('a run', () => {
  it('ends stdout with one object that holds what is promised, and every stage adds up (law 1)', async () => {
    const ended = await place.run(smallRun(server.policy, 'json', '--questions', 'cases.jsonl'));
    expect(ended.code, ended.stderr).toBe(0);
    expect(ended.stdout.trimEnd().split('\n')).toHaveLength(1);
    const summary = summaryOf(ended);
    expect(summary).toMatchObject({ trees: 2, drained: false, dataset: place.path('json', 'dataset'), faults: {}, rows: { prm: expect.any(Number), sft: expect.any(Number) } });
    expect(Object.keys(summary.stages)).toEqual(['expand', 'rollout', 'label', 'shard']);
    for (const [name, ledger] of Object.entries(summary.stages)) expect(ledger.in, name).toBe(ledger.ok + ledger.failed + ledger.dropped + (ledger.open ?? 0));
    expect(summary.requests).toBe(server.completions.length);
    expect(summary.tokens).toBeGreaterThan(summary.requests);
    expect(summary.rows['prm']).toBe(summary.stages['shard']!.ok);
    const explained = await place.run(['run', '--explain', '--dir', 'json']);
    expect(explained.stdout).toMatch(/^preset +laptop +file run\.json/m); // what the folder remembers
  });

  it('sends the key and shows it nowhere: not on stdout, not on stderr, not in the folder, even when the server repeats it', async () => {
    const key = 'sk-very-secret-4711';
    const own = await startModelServer();
    const before = own.answer;
    own.answer = (asked, response) => (own.completions.length > 4 ? status(401, `Incorrect API key provided: ${asked.authorization}`) : before)(asked, response);
    const ended = await place.run(smallRun(own.policy, 'secret', '--questions', 'cases.jsonl', '--give-up', '200ms'), { ...noRetries, SLOWTHINK_MODELS_API_KEY: key });
    await own.close();
    expect(ended.code).toBe(3);
    expect(ended.stderr).toContain('MODEL_UNAUTHORIZED');
    expect(ended.stderr).toContain('Incorrect API key provided: Bearer ***');
    expect(new Set(own.completions.map(({ authorization }) => authorization))).toEqual(new Set([`Bearer ${key}`]));
    expect(ended.stdout + ended.stderr).not.toContain(key);
    const files = readdirSync(place.path('secret'), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    expect(files.length).toBeGreaterThan(1);
    for (const file of files) expect(readFileSync(file).includes(key), file).toBe(false);
  });

  it('keeps name and password of the server\'s address out of the folder', async () => {
    const ended = await place.run(smallRun(server.policy.replace('//', '//ann:sword%40fish@'), 'named', '--questions', 'cases.jsonl'));
    expect(ended.code, ended.stderr).toBe(0);
    const kept = (JSON.parse(readFileSync(place.path('named', 'run.json'), 'utf8')) as { settings: { policy: string } }).settings.policy;
    expect(kept).toBe(server.policy.replace('#', '/#'));
    const files = readdirSync(place.path('named'), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    for (const file of files) expect(/sword|\bann:/.test(readFileSync(file, 'latin1')), file).toBe(false);
    const again = await place.run(['run', '--dir', 'named', '--json']); // the address that was kept still leads to the server
    expect(again.code, again.stderr).toBe(0);
  });
});

describe.concurrent('the program of one stage', () => {
  const stage = (name: string, ...args: readonly string[]): { code: number | null; stdout: string; stderr: string } => {
    const { status: code, stdout, stderr } = spawnSync(process.execPath, [fileURLToPath(new URL(`../../${name}/src/main.ts`, import.meta.url)), ...args], { cwd: place.folder, encoding: 'utf8' });
    return { code, stdout, stderr };
  };

  it.each(['expand', 'rollout', 'label', 'shard'])('%s explains itself with --help: flags and an example, exit 0', (name) => {
    const help = stage(name, '--help');
    expect(help).toMatchObject({ code: 0, stderr: '' });
    expect(help.stdout).toContain(`Usage: node apps/${name}/src/main.ts`);
    expect(help.stdout).toContain(`Example:\n  node apps/${name}/src/main.ts --dir runs/first`);
    expect(help.stdout).toMatch(/^ {2}--dir <text> +Folder of the run/m);
    expect(/^ {2}--policy /m.test(help.stdout)).toBe(name === 'expand' || name === 'rollout');
  });

  it('names the nearest flag for one that does not exist, and says which value is missing (exit 2)', () => {
    expect(stage('expand', '--polizy', 'x', '--dir', 'wrong')).toEqual({ code: 2, stdout: '', stderr: 'SETTING_UNKNOWN --polizy is not a flag; the nearest is --policy. Type "slowthink run --explain" for all settings.\n' });
    expect(stage('label', '--hepl')).toMatchObject({ code: 2, stderr: expect.stringContaining('the nearest is --help.') as string });
    expect(stage('label', '--dir')).toMatchObject({ code: 2, stderr: expect.stringMatching(/^SETTING_INVALID .*--dir.* Type --help for the flags\.$/m) as string });
    expect(stage('label', 'everything')).toMatchObject({ code: 2, stderr: expect.stringContaining("SETTING_INVALID Unexpected argument 'everything'") as string });
  });

  it('makes no folder where there is none (exit 3), also as a stage of run', async () => {
    for (const name of ['label', 'rollout']) {
      const ended = stage(name, '--dir', 'absent', '--policy', server.policy);
      expect(ended).toMatchObject({ code: 3, stdout: '', stderr: `DIR_MISSING There is no folder ${place.path('absent')}. Give the folder of an earlier run with --dir.\n` });
      expect(await place.run(['run', name, '--dir', 'absent', '--policy', server.policy])).toMatchObject({ code: 3, stdout: '', stderr: ended.stderr });
    }
    expect(existsSync(place.path('absent'))).toBe(false);
  });
});
