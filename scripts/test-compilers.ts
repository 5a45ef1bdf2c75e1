// make test-compilers: the programs compiled by the build's clang and by Debian's newest, each under test/bpf; writes the
// table of docs/kernels.md.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import {
  CLANG_PACKAGES,
  COMPILERS_FOLDER,
  fetchCompiler,
  installedCompiler,
  newestClang,
  type Compiler,
} from './debian/compilers.ts';
import { openOwnApt } from './debian/own-apt.ts';
import { recordRows, type Row } from './kernels/markdown-table.ts';
import { testFiles } from './test-suites.ts';

/** Of the build's compiler alone: what it costs the verifier is written down for it. */
const OF_ONE_COMPILER = 'test/bpf/complexity.test.ts';

const apt = openOwnApt(join(COMPILERS_FOLDER, 'apt'));
const newest = fetchCompiler(apt, newestClang(apt.names(CLANG_PACKAGES)));
const files = testFiles(['bpf']).filter(file => dirname(file) === 'test/bpf' && file !== OF_ONE_COMPILER);
const counts = [];
for (const compiler of [installedCompiler(process.env['CLANG'] ?? 'clang-19'), newest]) {
  const { row, failed } = await testCompiler(compiler);
  recordRows('Compilers', [row]);
  counts.push(failed);
}
process.exitCode = counts.every(failed => failed === 0) ? 0 : 1;

async function testCompiler({
  name,
  version,
  suite,
  command,
}: Compiler): Promise<{ row: Row; failed: number }> {
  process.stdout.write(`${name} ${version}\n`);
  const output = join(COMPILERS_FOLDER, 'objects', name);
  const settings = [`OUTPUT=${output}`, `CLANG=${command}`];
  execFileSync('make', ['--no-print-directory', 'bpf', ...settings], { stdio: 'inherit' });
  const { passed, failed } = await runTests(join(output, 'bpf'));
  const failures = failed === 0 ? '' : `, **${failed} failed**`;
  return { row: [name, version, suite, `${passed} passed${failures}`], failed };
}

/** The runner's own lines pass through; its last one is the count. */
async function runTests(objects: string): Promise<{ passed: number; failed: number }> {
  const child = spawn('scripts/isolate', [process.execPath, 'build/scripts/run-tests.mjs', ...files], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, HEDDLE_BPF_FOLDER: objects },
  });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    process.stdout.write(chunk);
    said += chunk.toString();
  });
  await once(child, 'close');
  const [, passed, failed] = /^(\d+) passed, (\d+) failed$/m.exec(said) ?? [];
  if (passed === undefined) throw new Error('the test runner did not get to its end');
  return { passed: Number(passed), failed: Number(failed) };
}
