// Writes the checked-in halves of the .proto files: loader/api/*.gen.* of the daemon's API, packages/etcd/src/*.gen.* of etcd's.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeCodecs } from './proto/codecs.ts';
import { writeDescriptors } from './proto/descriptors.ts';
import { stripEtcdProtos } from './proto/etcd-protos.ts';

const PROTO_FOLDER = 'proto';
const API = 'loader/api';
const HEADER = '// Generated from proto/ by scripts/gen-proto.ts; `make gen` writes it anew.\n';

/** What packages/etcd sends; their answers and parts follow. */
const ETCD_MESSAGES = [
  ['RangeRequest', 'RangeResponse', 'PutRequest', 'PutResponse', 'DeleteRangeRequest', 'DeleteRangeResponse'],
  ['TxnRequest', 'TxnResponse', 'WatchRequest', 'WatchResponse'],
  ['LeaseGrantRequest', 'LeaseGrantResponse', 'LeaseKeepAliveRequest', 'LeaseKeepAliveResponse'],
  ['AuthenticateRequest', 'AuthenticateResponse', 'StatusRequest', 'StatusResponse'],
]
  .flat()
  .map(name => `etcdserverpb.${name}`);

await writeApi();
await writeEtcd();

async function writeApi(): Promise<void> {
  const names = readdirSync(PROTO_FOLDER, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.proto') && !name.startsWith('etcd/'))
    .sort();
  const shared = { includePath: PROTO_FOLDER, header: HEADER };
  await writeCodecs({
    ...shared,
    ...{
      sources: names.map(name => join(PROTO_FOLDER, name)),
      output: join(API, 'proto.gen'),
      root: 'heddle',
    },
  });
  writeDescriptors({ ...shared, names, output: join(API, 'descriptors.gen.ts') });
}

async function writeEtcd(): Promise<void> {
  const includePath = mkdtempSync(join(tmpdir(), 'heddle-etcd-proto-'));
  try {
    const sources = stripEtcdProtos(join(PROTO_FOLDER, 'etcd'), join(includePath, 'etcd'));
    await writeCodecs({
      ...{ sources, includePath, header: HEADER, root: 'etcd', messages: ETCD_MESSAGES },
      output: 'packages/etcd/src/rpc.gen',
    });
  } finally {
    rmSync(includePath, { recursive: true });
  }
}
