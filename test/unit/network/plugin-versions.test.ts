// Which versions a plugin says that it speaks.
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { PluginVersions } from '../../../loader/network/plugin-versions.ts';

function plugin(
  t: Test,
  script: string,
): { readonly path: string; readonly calls: () => number; readonly rewrite: (script: string) => void } {
  const folder = mkdtempSync(join(tmpdir(), 'heddle-plugin-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const [path, log] = [join(folder, 'plugin'), join(folder, 'calls')];
  writeFileSync(log, '');
  const rewrite = (text: string): void => {
    writeFileSync(path, `#!/bin/sh\necho "$CNI_COMMAND" >> ${log}\n${text}\n`);
    chmodSync(path, 0o755);
  };
  rewrite(script);
  return {
    path,
    rewrite,
    calls: () =>
      readFileSync(log, 'utf8')
        .split('\n')
        .filter(line => line === 'VERSION').length,
  };
}

const answering = (...versions: string[]): string =>
  `cat > /dev/null; echo '${JSON.stringify({ cniVersion: '1.0.0', supportedVersions: versions })}'`;

t.test('it is asked once, and again when it was replaced', async t => {
  const { path, calls, rewrite } = plugin(t, answering('1.0.0'));
  const versions = new PluginVersions();
  t.strictSame(await versions.of(path), ['1.0.0']);
  t.strictSame(await versions.of(path), ['1.0.0']);
  t.equal(calls(), 1);
  rewrite(answering('1.0.0', '1.1.0'));
  t.strictSame(await versions.of(path), ['1.0.0', '1.1.0']);
});

t.test('one that does not answer speaks nothing that is known', async t => {
  for (const script of ['exit 1', 'echo nonsense', 'echo "{}"', ''])
    t.strictSame(await new PluginVersions().of(plugin(t, script).path), [], script);
});

t.test("Debian's portmap speaks 1.0.0", async t => {
  t.ok((await new PluginVersions().of('/usr/lib/cni/portmap')).includes('1.0.0'));
});
