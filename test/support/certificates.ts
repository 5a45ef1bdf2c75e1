// A certificate authority of the test's own, a server's certificate for loopback and a client's, as PEM files.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

export interface Certificates {
  readonly ca: string;
  readonly server: KeyPair;
  readonly client: KeyPair;
}

interface Test {
  teardown(undo: () => void): void;
}

export function makeCertificates(t: Test, clientName: string): Certificates {
  const folder = mkdtempSync(join(tmpdir(), 'heddle-certificates-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const path = (name: string): string => join(folder, name);
  const openssl = (...argv: string[]): void => void execFileSync('openssl', argv, { stdio: 'pipe' });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const authority = path('ca.pem');
  openssl(
    'req',
    '-x509',
    ...newKey,
    '-keyout',
    path('ca.key'),
    '-out',
    authority,
    '-days',
    '2',
    '-subj',
    '/CN=test authority',
  );
  const pair = (name: string, usage: string): KeyPair => {
    const [key, cert, request, extensions] = [
      path(`${name}.key`),
      path(`${name}.pem`),
      path('request'),
      path('extensions'),
    ];
    openssl('req', ...newKey, '-keyout', key, '-out', request, '-subj', `/CN=${name}`);
    writeFileSync(extensions, `extendedKeyUsage=${usage}\nsubjectAltName=IP:127.0.0.1,DNS:localhost\n`);
    const signed = [
      '-CA',
      authority,
      '-CAkey',
      path('ca.key'),
      '-CAcreateserial',
      '-days',
      '2',
      '-extfile',
      extensions,
    ];
    openssl('x509', '-req', '-in', request, '-out', cert, ...signed);
    return { key, cert };
  };
  return { ca: authority, server: pair('server', 'serverAuth'), client: pair(clientName, 'clientAuth') };
}
