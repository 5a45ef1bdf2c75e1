// Importing this moves the test file into a network and a mount namespace of its own, by starting it anew there. Its mounts
// are shared, as systemd has a machine's: container runtimes refuse to pass on those that are not.
import { spawnSync } from 'node:child_process';

const MARK = 'HEDDLE_TEST_OWN_MACHINE';

if (process.env[MARK] === undefined) {
  const command = [process.execPath, ...process.execArgv, ...process.argv.slice(1)];
  const { status } = spawnSync('unshare', ['--net', '--mount', '--propagation', 'shared', ...command], {
    stdio: 'inherit',
    env: { ...process.env, [MARK]: '1' },
  });
  process.exit(status ?? 1);
}
