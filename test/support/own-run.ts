// Importing this moves the test file into a mount namespace with an empty /run, by starting it anew there: what it puts at
// a path that each pod has, other files that run at the same time must not find.
import { spawnSync } from 'node:child_process';

const MARK = 'HEDDLE_TEST_OWN_RUN';

if (process.env[MARK] === undefined) {
  const command = [process.execPath, ...process.execArgv, ...process.argv.slice(1)];
  const { status } = spawnSync(
    'unshare',
    ['--mount', 'sh', '-c', 'mount -t tmpfs none /run && exec "$0" "$@"', ...command],
    {
      stdio: 'inherit',
      env: { ...process.env, [MARK]: '1' },
    },
  );
  process.exit(status ?? 1);
}
