// Another `nft` in the place of the real one, for one test.
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Test } from 'tap';

export const NFT = '/usr/sbin/nft';

/** `script` of sh; its arguments are nft's. */
export function putNft(t: Test, script: string): void {
  const directory = t.testdir();
  const path = process.env['PATH'] ?? '';
  writeFileSync(join(directory, 'nft'), `#!/bin/sh\n${script}\n`);
  chmodSync(join(directory, 'nft'), 0o755);
  process.env['PATH'] = `${directory}:${path}`;
  t.teardown(() => (process.env['PATH'] = path));
}
