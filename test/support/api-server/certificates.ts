// A certificate authority and a server's certificate for 127.0.0.1, made anew for each test process.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Certificates {
  /** All in PEM. */
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

let made: Certificates | undefined;

export function certificates(): Certificates {
  return (made ??= make());
}

function make(): Certificates {
  const directory = mkdtempSync(join(tmpdir(), 'heddle-certificates-'));
  const run = (...args: string[]) => execFileSync('openssl', args, { cwd: directory, stdio: 'pipe' });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  try {
    writeFileSync(join(directory, 'names'), 'subjectAltName = IP:127.0.0.1\n');
    run(
      'req',
      '-x509',
      ...newKey,
      '-keyout',
      'ca.key',
      '-out',
      'ca.crt',
      '-days',
      '2',
      '-subj',
      '/CN=test-ca',
    );
    run('req', ...newKey, '-keyout', 'key', '-out', 'csr', '-subj', '/CN=kube-apiserver');
    const signing = ['-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial', '-extfile', 'names'];
    run('x509', '-req', '-in', 'csr', ...signing, '-days', '2', '-out', 'crt');
    const read = (name: string) => readFileSync(join(directory, name), 'utf8');
    return { ca: read('ca.crt'), cert: read('crt'), key: read('key') };
  } finally {
    rmSync(directory, { recursive: true });
  }
}
