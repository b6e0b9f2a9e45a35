// Module boundaries from the Nx tags: each package names its type in package.json ("nx.tags"), and this table says which types a type may import.
import { readFileSync, readdirSync } from 'node:fs';

const may = {
  contract: ['contract'],
  kernel: ['contract', 'kernel'],
  domain: ['contract', 'kernel', 'domain'],
  port: ['contract', 'kernel', 'port'],
  system: ['contract', 'kernel'], // programs of this machine: started, found, ended
  adapter: ['contract', 'kernel', 'port', 'system'],
  verifier: ['contract', 'kernel', 'domain', 'port'], // judges answers, or searches them by a scorer: needs rules and prompts beside the port of models
  data: [], // files that ship, and where they lie
  telemetry: ['contract', 'kernel'],
  runtime: ['contract', 'kernel', 'port', 'telemetry'],
  wiring: ['contract', 'kernel', 'domain', 'port', 'adapter', 'verifier', 'data', 'system', 'telemetry', 'runtime'], // settings become adapters here
  stage: ['contract', 'kernel', 'domain', 'port', 'adapter', 'verifier', 'runtime', 'wiring'],
  cli: ['contract', 'kernel', 'domain', 'port', 'adapter', 'verifier', 'data', 'system', 'telemetry', 'runtime', 'wiring', 'stage'], // composes the stages; nobody else imports an app
};

const packages = ['libs', 'apps'].flatMap((root) => readdirSync(root).map((name) => {
  const { nx } = JSON.parse(readFileSync(`${root}/${name}/package.json`, 'utf8'));
  const types = nx.tags.filter((tag) => tag.startsWith('type:')).map((tag) => tag.slice(5));
  if (types.length !== 1 || !Object.hasOwn(may, types[0])) throw new Error(`${root}/${name}/package.json needs one tag type:…, one of ${Object.keys(may).join(', ')}`);
  return { path: `${root}/${name}`, type: types[0] };
}));
const pathOf = (some) => `^(${some.map(({ path }) => path.replaceAll('.', '\\.')).join('|')})/`;

const boundaries = packages.map(({ path, type }) => ({
  name: `${path}-is-${type}`,
  comment: `${path} is tagged type:${type} and may import ${may[type].map((one) => `type:${one}`).join(', ')}.`,
  severity: 'error',
  from: { path: `^${path}/`, pathNot: '\\.(test|server-test|kafka-test)\\.ts$|/conformance|/testing/' },
  to: { path: pathOf(packages.filter((other) => other.path !== path && !may[type].includes(other.type)).concat({ path: 'tools' })) },
}));

export default {
  forbidden: [
    ...boundaries,
    { name: 'models-never-see-gold', comment: 'Law 8: a model adapter cannot import the record types, the gold type among them.', severity: 'error', from: { path: '^libs/models[^/]*/' }, to: { path: '^libs/records/' } },
    { name: 'no-way-round-the-index', comment: 'A package is imported by its name, not by a path into it.', severity: 'error', from: { path: '^(libs|apps)/([^/]+)/' }, to: { path: '^(libs|apps)/[^/]+/src/', pathNot: ['^$1/$2/', '^(libs|apps)/[^/]+/src/(index|stage|setup|write-parts|conformance|scorer-conformance|conformance/index)\\.ts$'] } },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } } },
    { name: 'pure-libs-touch-nothing', comment: 'Contract, kernel and domain do no I/O.', severity: 'error', from: { path: `${pathOf(packages.filter(({ type }) => ['contract', 'kernel', 'domain'].includes(type)))}`, pathNot: '\\.test\\.ts$|/testing/' }, to: { path: '^(node:)?(fs|net|http|https|child_process|worker_threads|sqlite|dns|os)(/|$)' } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(node_modules|generated)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'], extensions: ['.ts', '.js', '.mjs'] },
  },
};
