// An operator's requests of a real etcd through its JSON gateway: users, compaction, alarms. No code of ours is in between.

/** Names and passwords of an etcd with users: root, and heddle, which may read and write all of /heddle. */
export const ETCD_USERS = { root: 'root-secret', heddle: 'heddle-secret' } as const;

/** Posts `body` to `/v3/path`; the answer. Throws what etcd says against it. */
export async function askGateway(
  endpoint: string,
  path: string,
  body: object = {},
  token?: string,
): Promise<Record<string, unknown>> {
  const response = await fetch(`${endpoint}/v3/${path}`, {
    ...{ method: 'POST', body: JSON.stringify(body) },
    headers: token === undefined ? {} : { authorization: token },
  });
  const answer = (await response.json()) as Record<string, unknown>;
  if (!response.ok) throw new Error(`${path}: ${JSON.stringify(answer)}`);
  return answer;
}

/** As root. */
export async function askAsRoot(endpoint: string, path: string, body: object = {}): Promise<void> {
  const root = { name: 'root', password: ETCD_USERS.root };
  const { token } = await askGateway(endpoint, 'auth/authenticate', root);
  await askGateway(endpoint, path, body, String(token));
}

/** From now on etcd answers only its users. */
export async function enableUsers(endpoint: string): Promise<void> {
  for (const [name, password] of Object.entries(ETCD_USERS)) {
    await askGateway(endpoint, 'auth/user/add', { name, password });
    await askGateway(endpoint, 'auth/role/add', { name });
    await askGateway(endpoint, 'auth/user/grant', { user: name, role: name });
  }
  await askGateway(endpoint, 'auth/role/grant', { name: 'heddle', perm: readWriteBelow('/heddle/') });
  await askGateway(endpoint, 'auth/enable');
}

export function readWriteBelow(prefix: string): object {
  const end = prefix.slice(0, -1) + String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1);
  return { permType: 'READWRITE', key: base64(prefix), range_end: base64(end) };
}

/** History before the revision of now is forgotten. */
export async function compactNow(endpoint: string): Promise<void> {
  const { header } = await askGateway(endpoint, 'kv/range', { key: base64('/') });
  const { revision } = header as { revision: string };
  await askGateway(endpoint, 'kv/compaction', { revision, physical: true });
}

/** The gateway's form of bytes. */
export function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
