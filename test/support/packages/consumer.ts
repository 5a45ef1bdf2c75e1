// A folder of somebody who uses the packages: what `make packages` packed is installed there, and nothing else of this repository.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const PACKED = 'build/packages';
const CLANG = 'clang-19';
const INCLUDE = `/usr/include/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu`;

interface Teardown {
  teardown(undo: () => void): void;
}

/** Strict, and with the declarations of the packages checked too. */
const COMPILER_OPTIONS = {
  ...{ strict: true, noUncheckedIndexedAccess: true, exactOptionalPropertyTypes: true },
  ...{ noUnusedLocals: true, verbatimModuleSyntax: true, isolatedModules: true, skipLibCheck: false },
  ...{ target: 'es2022', lib: ['es2023', 'esnext.disposable'], module: 'nodenext' },
  ...{ types: ['node'], typeRoots: [resolve('node_modules/@types')] },
};

export class Consumer {
  readonly folder: string;

  constructor(t: Teardown) {
    this.folder = mkdtempSync(join(tmpdir(), 'heddle-packages-'));
    t.teardown(() => rmSync(this.folder, { recursive: true }));
    this.write('package.json', JSON.stringify({ private: true, type: 'module' }));
    const tarballs = readdirSync(PACKED).filter(name => name.endsWith('.tgz'));
    // Without a network, and so without anything that the packages would have to fetch.
    this.run(
      'npm',
      'install',
      '--offline',
      '--no-audit',
      '--no-fund',
      ...tarballs.map(name => resolve(PACKED, name)),
    );
  }

  write(name: string, text: string): void {
    writeFileSync(join(this.folder, name), text);
  }

  /** The files of a folder of an installed package. */
  copy(from: string, wanted: (name: string) => boolean): string[] {
    const source = join(this.folder, 'node_modules', from);
    const names = readdirSync(source).filter(wanted);
    for (const name of names) cpSync(join(source, name), join(this.folder, name));
    return names;
  }

  run(command: string, ...args: readonly string[]): string {
    const env = { ...process.env, npm_config_cache: join(this.folder, '.npm') };
    return execFileSync(command, args, { cwd: this.folder, env, encoding: 'utf8', stdio: 'pipe' });
  }

  compileBpf(source: string): void {
    const object = source.replace(/c$/, 'o');
    this.run(
      CLANG,
      '-Wall',
      '-Werror',
      '-g',
      '-O2',
      '-target',
      'bpf',
      `-I${INCLUDE}`,
      '-c',
      source,
      '-o',
      object,
    );
    this.run('npx', '--offline', 'libbpf-ts', 'gen', object);
  }

  /** What tsc says of the folder's sources and of the packages' declarations; of @types/node it may say what it likes. */
  compile(): string[] {
    this.write('tsconfig.json', JSON.stringify({ compilerOptions: COMPILER_OPTIONS, include: ['*.ts'] }));
    const tsc = resolve('node_modules/.bin/tsc');
    try {
      this.run(tsc, '-p', '.');
      return [];
    } catch (error) {
      const lines = (error as { stdout: string }).stdout.split('\n');
      return lines.filter(line => /error TS/.test(line) && !/@types\/node/.test(line));
    }
  }
}

/** The TypeScript of a package's README, block after block. */
export function readmeSource(name: string): string {
  const text = readFileSync(join('packages', name, 'README.md'), 'utf8');
  return Array.from(text.matchAll(/^```ts\n(.*?)^```$/gms), ([, block = '']) => block).join('\n');
}
