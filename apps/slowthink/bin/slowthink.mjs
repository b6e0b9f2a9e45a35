#!/usr/bin/env node
// The command of package.json: checks the Node version, since an older Node cannot even read the program.
const [major = 0] = process.versions.node.split('.').map(Number);
if (major < 24) {
  console.error(`Slowthink needs Node 24; this is ${process.version}. "npm ci" brings it: type "npm run postinstall" if it was run with --ignore-scripts.`);
  process.exit(3);
}
await import('../src/main.ts');
