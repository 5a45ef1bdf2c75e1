// Where the addon is looked for, and what is said where it is not, or does not load.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import t from 'tap';
import { addonFiles, loadAddon } from '../src/addon.ts';

const root = mkdtempSync(join(tmpdir(), 'libbpf-ts-addon-'));
t.teardown(() => rmSync(root, { recursive: true }));

function put(path: string, text = 'not an addon'): string {
  const whole = join(root, path);
  mkdirSync(dirname(whole), { recursive: true });
  writeFileSync(whole, text);
  return whole;
}

t.test('beside the module, in build folders, and in the installed package above it', t => {
  const platform = `${process.platform}-${process.arch}`;
  const files = [
    put('app/dist/libbpf_ts.node'),
    put('app/build/libbpf_ts.node'),
    put('node_modules/libbpf-ts/build/Release/libbpf_ts.node'),
    put(`node_modules/libbpf-ts/prebuilds/${platform}/libbpf_ts.node`),
  ];
  put('node_modules/libbpf-ts/prebuilds/other-cpu/libbpf_ts.node');
  t.same(
    addonFiles(join(root, 'app/dist/bundle.mjs')),
    files,
    'the nearest first, and what was built before what was shipped',
  );
  t.end();
});

t.test('nothing found, or nothing that loads: one sentence, with what to install', t => {
  t.throws(() => loadAddon([]), {
    code: 'ADDON',
    message: /is not built: run "npm rebuild libbpf-ts", .*libbpf-dev/,
  });
  t.throws(() => loadAddon([put('broken/libbpf_ts.node')]), {
    code: 'ADDON',
    message: /does not load \(.*\): run "npm rebuild/,
  });
  t.ok(loadAddon([put('again/libbpf_ts.node'), ...addonFiles()]), 'the next is tried');
  t.end();
});
