// Importing this moves the test file into a fresh network namespace, by starting it anew there: test runs look up
// devices and routes in the namespace of their process, and files that run at the same time must not share one.
import { spawnSync } from 'node:child_process';

const MARK = 'HEDDLE_TEST_OWN_NETNS';

if (process.env[MARK] === undefined) {
  const command = [process.execPath, ...process.execArgv, ...process.argv.slice(1)];
  const { status } = spawnSync('unshare', ['--net', ...command], {
    stdio: 'inherit',
    env: { ...process.env, [MARK]: '1' },
  });
  process.exit(status ?? 1);
}
