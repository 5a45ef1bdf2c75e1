// Completion: what may stand at the end of a line, in each of the three shells.
import { execFileSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import t from 'tap';
import { completionOf } from '../../../cmd/heddlectl/completion/candidates.ts';
import { commandTable } from '../../../cmd/heddlectl/completion/command-table.ts';
import { SHELL_SCRIPTS } from '../../../cmd/heddlectl/completion/shell-scripts.ts';
import { buildProgram } from '../../../cmd/heddlectl/program.ts';

async function texts(...words: string[]): Promise<readonly string[] | 'files'> {
  const found = await completionOf(buildProgram(), words);
  return found === 'files' ? found : found.map(({ text }) => text);
}

t.test(
  'every command of the table is completed from its first letter, and its flags from the dashes',
  async t => {
    const program = buildProgram();
    for (const { path, options } of commandTable(program)) {
      const last = path.at(-1) ?? '';
      const before = path.slice(0, -1);
      if (last !== '') t.ok((await texts(...before, last.slice(0, 1))).includes(last), path.join(' '));
      const flags = await texts(...path, '--');
      for (const { long } of options) if (long) t.ok(flags.includes(long), `${path.join(' ')} ${long}`);
    }
  },
);

t.test('choices, kinds and paths', async t => {
  t.strictSame(await texts('map', 'dump', 'hd_rule'), ['hd_rule', 'hd_rule_set']);
  t.strictSame(await texts('trace', '--proto', 's'), ['sctp']);
  t.strictSame(await texts('trace', '--proto=s'), ['--proto=sctp']);
  t.strictSame(await texts('policy', 'delete', 'net'), ['networkpolicy']);
  t.strictSame(await texts('-j', 'ver'), ['version'], 'behind an option');
  t.strictSame(await texts('--lab', 'x', 'ver'), ['version'], 'behind an option with a value');
  t.equal(await texts('policy', 'apply', ''), 'files');
  t.equal(await texts('--config', ''), 'files');
  t.strictSame(await texts('version', ''), [], 'nothing follows');
  t.strictSame(await texts('lab', 'exec', 'n1', '--', '-'), [], "another command's");
});

/** A folder with `heddlectl` in it. */
function pathWith(t: { testdir(files: Record<string, string>): string }): string {
  const folder = t.testdir({});
  const wrapper = join(folder, 'heddlectl');
  const built = resolve('build/heddlectl.mjs');
  writeFileSync(wrapper, `#!/bin/sh\nexec '${process.execPath}' '${built}' "$@"\n`);
  chmodSync(wrapper, 0o755);
  for (const [shell, text] of Object.entries(SHELL_SCRIPTS)) writeFileSync(join(folder, shell), text);
  return folder;
}

function run(folder: string, shell: string, script: string): string[] {
  const env = { ...process.env, PATH: `${folder}:${process.env['PATH'] ?? ''}`, HOME: folder };
  const flags = shell === 'bash' ? ['--norc', '-c'] : shell === 'zsh' ? ['-f', '-c'] : ['--no-config', '-c'];
  const printed = execFileSync(shell, [...flags, script], { env, encoding: 'utf8', cwd: folder });
  return printed.split('\n').filter(line => line !== '');
}

const LINES = [
  { line: 'heddlectl pol', found: ['policy'] },
  { line: 'heddlectl map dump hd_rule', found: ['hd_rule', 'hd_rule_set'] },
  { line: 'heddlectl trace --proto ', found: ['tcp', 'udp', 'sctp', 'icmp'] },
] as const;

t.test('bash', t => {
  const folder = pathWith(t);
  const complete = (line: string, words: readonly string[]) =>
    run(
      folder,
      'bash',
      `source ./bash; COMP_LINE='${line}'; COMP_POINT=\${#COMP_LINE}; COMP_WORDS=(${words.map(word => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}; _heddlectl; printf '%s\\n' "\${COMPREPLY[@]}"`,
    );
  for (const { line, found } of LINES) t.strictSame(complete(line, line.split(' ')), found);
  const pieces = ['heddlectl', 'trace', '--proto', '=', 't'];
  t.strictSame(complete('heddlectl trace --proto=t', pieces), ['tcp'], 'readline breaks words at =');
  t.end();
});

t.test('zsh', t => {
  const folder = pathWith(t);
  for (const { line, found } of LINES) {
    const words = line.split(' ');
    const script = `compdef() { : }; _describe() { print -l -- "\${candidates[@]}" }; source ./zsh; words=(${words.map(word => `'${word}'`).join(' ')}); CURRENT=${words.length}; _heddlectl`;
    t.strictSame(
      run(folder, 'zsh', script).map(text => text.split(':')[0]),
      found,
    );
  }
  t.end();
});

t.test('fish', t => {
  const folder = pathWith(t);
  for (const { line, found } of LINES) {
    const printed = run(folder, 'fish', `source ./fish; complete -C '${line}'`);
    t.strictSame(printed.map(text => text.split('\t')[0]).sort(), [...found].sort());
  }
  t.end();
});
