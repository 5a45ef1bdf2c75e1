// The tests' stand-in for the Kubernetes API server, which runs here; a token that is rotated leads to it.
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Lab } from '../../../lab/lab.ts';
import { StandInApiServer } from '../../support/api-server/api-server.ts';
import { kubeconfig } from '../../support/api-server/kubeconfig.ts';
import { certificates } from '../../support/certificates.ts';
import type { Teardown } from '../teardown.ts';
import { nodeObject } from '../world/cluster-objects.ts';
import { HERE } from '../world/reach-lab.ts';
import { apiServerFaults } from './api-server-faults.ts';
import { halfOpen } from './half-open.ts';
import type { SoakSource } from './source.ts';

export async function openApiServerSource(teardown: Teardown, lab: Lab): Promise<SoakSource> {
  const directory = mkdtempSync(join(tmpdir(), 'heddle-soak-'));
  teardown.teardown(() => rmSync(directory, { recursive: true }));
  certificates(HERE); // the first who asks says for which address
  const server = new StandInApiServer(HERE);
  await server.comeUp();
  teardown.teardown(() => server.goAway());
  const tokenFile = join(directory, 'token');
  const writeToken = (token: string): void => {
    server.tokens.add(token);
    writeFileSync(`${tokenFile}.new`, token);
    renameSync(`${tokenFile}.new`, tokenFile);
  };
  writeToken('first-token');
  const config = join(directory, 'kubeconfig');
  writeFileSync(config, kubeconfig(server.url, tokenFile));
  for (const node of lab.nodes) server.collections.put(nodeObject(node));
  return {
    name: 'API server',
    settings: { kind: 'kubernetes', kubeconfig: config },
    faults: [...apiServerFaults(server, writeToken), halfOpen(lab)],
    put: object => {
      server.collections.put(object);
      return Promise.resolve();
    },
    remove: object => {
      server.collections.remove(object);
      return Promise.resolve();
    },
    announce: ({ addresses }, object) => {
      const status = { phase: 'Running', podIPs: addresses.map(ip => ({ ip })) };
      server.collections.put({ ...object, status });
      return Promise.resolve();
    },
  };
}
