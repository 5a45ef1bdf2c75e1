// What leads a client to the stand-in, and proves to it who that is.
import { certificates } from '../certificates.ts';

/** JSON, which is YAML. */
export function kubeconfig(server: string, tokenFile: string): string {
  const ca = Buffer.from(certificates().ca).toString('base64');
  return JSON.stringify({
    clusters: [{ name: 'c', cluster: { server, 'certificate-authority-data': ca } }],
    users: [{ name: 'u', user: { tokenFile } }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
    'current-context': 'x',
  });
}
