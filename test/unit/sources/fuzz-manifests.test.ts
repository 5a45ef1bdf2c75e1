// Manifests made wrong in every way: each is read or refused in a sentence, and never ends the daemon.
import t from 'tap';
import { parseManifestFile } from '../../../loader/sources/objects/manifest-file.ts';
import { mutated } from '../../support/fuzz/mutate.ts';
import { Random } from '../../support/policy/random/random.ts';
import { seedFrom } from '../../support/policy/random/seed.ts';

/** `make fuzz` asks for more. */
const INPUTS = Number(process.env['FUZZ_INPUTS'] ?? 1_000);
/** One text takes a millisecond; this is for those on which a parser would go on for ever. */
const MAX_MS = 2_000;

const ORIGINALS = [
  `apiVersion: v1
kind: Pod
metadata: { name: web, namespace: shop, labels: { app: web, "tier": 'front' } }
spec: { nodeName: n1, hostNetwork: false }
status: { phase: Running, podIPs: [{ ip: 10.244.1.2 }, { ip: 'fd00:10:244:1::2' }] }
---
apiVersion: v1
kind: Namespace
metadata: &shop { name: shop, labels: { team: a } }
---
apiVersion: v1
kind: Node
metadata: { name: n1, annotations: { x: "y" } }
spec: { podCIDRs: [10.244.1.0/24, fd00:10:244:1::/64] }
status: { addresses: [{ type: InternalIP, address: 192.168.1.11 }] }
`,
  `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: a, namespace: shop }
spec:
  podSelector: { matchExpressions: [{ key: app, operator: In, values: [web, db] }] }
  policyTypes: [Ingress, Egress]
  ingress:
    - from: [{ ipBlock: { cidr: 203.0.113.0/24, except: [203.0.113.128/25] } }]
      ports: [{ protocol: TCP, port: 80, endPort: 90 }, { port: http }]
  egress:
    - to: [{ namespaceSelector: {}, podSelector: { matchLabels: { app: db } } }]
`,
  JSON.stringify({
    ...{ apiVersion: 'policy.networking.k8s.io/v1alpha2', kind: 'ClusterNetworkPolicy' },
    metadata: { name: 'all' },
    spec: {
      ...{ tier: 'Admin', priority: 7, subject: { namespaces: {} } },
      ingress: [{ action: 'Deny', from: [{ namespaces: { matchLabels: { team: 'a' } } }] }],
    },
  }),
].map(text => Buffer.from(text));

t.test('a text is an answer or a sentence', t => {
  const seed = seedFrom(process.env);
  const random = new Random(seed);
  const [faults, kinds] = [[] as string[], { read: 0, refused: 0 }];
  for (let i = 0; i < INPUTS; i++) {
    const text = mutated(random, random.pick(ORIGINALS)).toString('latin1');
    const start = performance.now();
    try {
      const { objects, problems } = parseManifestFile('m.yaml', text);
      kinds[objects === undefined ? 'refused' : 'read']++;
      if (objects === undefined && problems.length === 0) faults.push(`refused without a word: ${text}`);
      if (problems.some(problem => !problem.startsWith('m.yaml:'))) faults.push(`no place is named: ${text}`);
    } catch (error) {
      faults.push(`${String(error)}: ${text}`);
    }
    if (performance.now() - start > MAX_MS) faults.push(`it took too long: ${text}`);
  }
  t.comment(`${kinds.read} were read, ${kinds.refused} refused`);
  t.ok(kinds.read > 0 && kinds.refused > 0);
  t.strictSame(faults, [], `SEED=${seed}`);
  t.end();
});
