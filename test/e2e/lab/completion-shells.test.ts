// Completion in bash, zsh and fish themselves: what each offers at the end of a line.
import { execFileSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import t from 'tap';
import { SHELL_SCRIPTS } from '../../../cmd/heddlectl/completion/shell-scripts.ts';

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
