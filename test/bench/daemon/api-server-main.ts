// The stand-in API server with a large cluster, as a process of its own: `api-server-main ADDRESS FOLDER NODES PODS-PER-NODE OWN-NODE`, the last one as JSON.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StandInApiServer } from '../../support/api-server/api-server.ts';
import { kubeconfig } from '../../support/api-server/kubeconfig.ts';
import { type ClusterDocument, clusterObjects } from './cluster-manifests.ts';

const [address = '', folder = '', nodes, podsPerNode, ownNode = ''] = process.argv.slice(2);
const server = new StandInApiServer(address);
const size = { nodes: Number(nodes), podsPerNode: Number(podsPerNode) };
for (const object of [JSON.parse(ownNode) as ClusterDocument, ...clusterObjects(size)])
  server.collections.put(object);
await server.comeUp();
const token = join(folder, 'token');
writeFileSync(token, 'first-token');
writeFileSync(join(folder, 'kubeconfig'), kubeconfig(server.url, token));
process.stdout.write('up\n');
