// npm's install script: leaves an addon that loads on this machine, the one shipped or one built here. As in rtnetlink:
// npm runs it in a package that is installed by itself.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { addonFiles, loadAddon, MISSING_LIBRARY } from './addon.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** npm brings a node-gyp, and says where. Node's headers are used where they lie beside it, else node-gyp fetches them. */
function build(): void {
  const nodeGyp = process.env['npm_config_node_gyp'];
  const prefix = resolve(process.execPath, '../..');
  const headers = existsSync(join(prefix, 'include/node/node_api.h')) ? [`--nodedir=${prefix}`] : [];
  const [command, ...first] = nodeGyp === undefined ? ['node-gyp'] : [process.execPath, nodeGyp];
  spawnSync(command, [...first, 'rebuild', ...headers], { cwd: root, stdio: 'inherit' });
}

/** Why there is no addon that loads; undefined if there is one. */
function trouble(): string | undefined {
  try {
    loadAddon(addonFiles());
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function install(): void {
  const before = process.env['npm_config_build_from_source'] === undefined ? trouble() : 'asked for';
  if (before === undefined) return;
  // The library may come later, with the machine or the image that this runs on.
  if (!before.includes(MISSING_LIBRARY)) build();
  const after = trouble();
  if (after === undefined) return;
  process.stderr.write(`${after}\n`);
  if (!after.includes(MISSING_LIBRARY)) process.exitCode = 1;
}

// Elsewhere than on Linux, reading objects is all there is, and it needs no addon.
if (process.platform === 'linux') install();
