// A certificate authority of the test process's own: certificates for a server on loopback, and for a client.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** PEM texts. */
export interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

export interface Certificates {
  readonly ca: string;
  /** For one address. */
  readonly server: KeyPair;
  readonly client: KeyPair;
}

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

let made: Certificates | undefined;

/** The same each time; the server's is for the address that was asked for first. */
export function certificates(address = '127.0.0.1'): Certificates {
  return (made ??= newCertificates(address));
}

/** As files, for servers that read files; absent: the same each time. */
export function certificateFiles(
  t: { teardown(undo: () => void): void },
  { ca, server, client } = certificates(),
): Certificates {
  const folder = mkdtempSync(join(tmpdir(), 'heddle-certificates-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text, { mode: 0o600 });
    return join(folder, name);
  };
  const pair = (name: string, { cert, key }: KeyPair): KeyPair => ({
    cert: file(`${name}.pem`, cert),
    key: file(`${name}.key`, key),
  });
  return { ca: file('ca.pem', ca), server: pair('server', server), client: pair('client', client) };
}

/** Of an authority of its own. */
export function newCertificates(address = '127.0.0.1'): Certificates {
  const folder = mkdtempSync(join(tmpdir(), 'heddle-certificates-'));
  const openssl = (...argv: string[]): void =>
    void execFileSync('openssl', argv, { cwd: folder, stdio: 'pipe' });
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
  const pair = (name: string, usage: string): KeyPair => {
    openssl('req', ...NEW_KEY, '-keyout', 'key', '-out', 'request', '-subj', `/CN=${name}`);
    writeFileSync(join(folder, 'names'), `extendedKeyUsage=${usage}\nsubjectAltName=IP:${address}\n`);
    const signing = [
      '-CA',
      'ca.pem',
      '-CAkey',
      'ca.key',
      '-CAcreateserial',
      '-extfile',
      'names',
      '-days',
      '2',
    ];
    openssl('x509', '-req', '-in', 'request', '-out', 'cert', ...signing);
    return { cert: read('cert'), key: read('key') };
  };
  try {
    const authority = ['-keyout', 'ca.key', '-out', 'ca.pem', '-days', '2', '-subj', '/CN=test authority'];
    openssl('req', '-x509', ...NEW_KEY, ...authority);
    return { ca: read('ca.pem'), server: pair('server', 'serverAuth'), client: pair('client', 'clientAuth') };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
