// The stand-in API server with a large cluster, as a process of its own: `api-server-main ADDRESS FOLDER NODES PODS-PER-NODE`.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StandInApiServer } from '../../support/api-server/api-server.ts';
import { kubeconfig } from '../../support/api-server/kubeconfig.ts';
import { clusterObjects } from './cluster-manifests.ts';

const [address = '', folder = '', nodes, podsPerNode] = process.argv.slice(2);
const server = new StandInApiServer(address);
for (const object of clusterObjects({ nodes: Number(nodes), podsPerNode: Number(podsPerNode) }))
  server.collections.put(object);
await server.comeUp();
const token = join(folder, 'token');
writeFileSync(token, 'first-token');
writeFileSync(join(folder, 'kubeconfig'), kubeconfig(server.url, token));
process.stdout.write('up\n');
