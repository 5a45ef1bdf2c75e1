// Importing this moves the test file into a fresh network namespace, by starting it anew there: test runs look up
// devices and routes in the namespace of their process, and files that run at the same time must not share one.
// The runner starts such files there (scripts/test-run/start.ts).
import { spawnSync } from 'node:child_process';
import { OWN_NETNS_MARK } from './own-netns-mark.ts';

if (process.env[OWN_NETNS_MARK] === undefined) {
  const command = [process.execPath, ...process.execArgv, ...process.argv.slice(1)];
  const { status } = spawnSync('unshare', ['--net', ...command], {
    stdio: 'inherit',
    env: { ...process.env, [OWN_NETNS_MARK]: '1' },
  });
  process.exit(status ?? 1);
}
