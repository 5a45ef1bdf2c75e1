import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { parseAllDocuments } from 'yaml';
import * as z from 'zod';
import { apiCalls, type ApiCall } from '../../../../loader/sources/kubernetes/api-calls.ts';
import { node, networkPolicy, scene, until } from './scene.ts';

const role = z.object({
  kind: z.literal('ClusterRole'),
  rules: z.array(
    z.strictObject({
      apiGroups: z.array(z.string()),
      resources: z.array(z.string()),
      verbs: z.array(z.string()),
    }),
  ),
});

t.test('what the role admits is what the code can call, no more and no less', t => {
  const documents = parseAllDocuments(read('deploy/kubernetes/heddle.yaml')).map(
    each => each.toJS() as unknown,
  );
  const roles = documents.flatMap(document => role.safeParse(document).data ?? []);
  t.equal(roles.length, 1);
  const admitted = (roles[0]?.rules ?? []).flatMap(({ apiGroups, resources, verbs }) =>
    apiGroups.flatMap(group =>
      resources.flatMap(resource => verbs.map(verb => `${verb} ${group}/${resource}`)),
    ),
  );
  const called = apiCalls.map(({ verb, group, resource }) => `${verb} ${group}/${resource}`);
  t.strictSame(admitted.sort(), [...new Set(called)].sort());
  t.end();
});

t.test('what the documentation lists is what the code can call', t => {
  const rows = [
    ...read('docs/kubernetes.md').matchAll(/^\| (list|watch|patch|create) \| (\w+) \| `([^`]+)` \|/gm),
  ];
  const listed = rows.map(([, verb, method, path]) => `${verb} ${method} ${path}`);
  t.strictSame([...new Set(listed)].sort(), apiCalls.map(shown).sort());
  t.end();
});

t.test('what the server is asked is what the code says that it can call', async t => {
  const { server } = await scene(t, {
    services: true,
    ownNode: () => ({ tunnelAddresses: [], uplink: 'eth1' }),
    prepare: ({ collections }) => {
      collections.put(node('a', '192.0.2.1', { spec: { taints: [{ key: 'heddle.dev/not-ready' }] } }));
      collections.put(networkPolicy('broken', { podSelector: {}, ingress: [{ from: [{}] }] }));
    },
  });
  await until(() => server.writes().length === 4, 'everything is written');
  const asked = server.requests.map(({ method, path, query }) => {
    const call = apiCalls.find(
      each =>
        each.method === method &&
        pattern(each).test(path) &&
        (method !== 'GET' || (each.verb === 'watch') === (query['watch'] === 'true')),
    );
    return call === undefined ? `${method} ${path}` : shown(call);
  });
  t.strictSame([...new Set(asked)].sort(), apiCalls.map(shown).sort());
});

function shown({ verb, method, path }: ApiCall): string {
  return `${verb} ${method} ${path}`;
}

function pattern({ path }: ApiCall): RegExp {
  return new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`);
}

/** From the root of the repository, wherever the bundle of this test lies. */
function read(path: string): string {
  let directory = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(directory, 'ARCHITECTURE.md'))) directory = dirname(directory);
  return readFileSync(join(directory, path), 'utf8');
}
