import { readFileSync } from 'node:fs';
import t from 'tap';
import { withoutForeignOptions } from '../../../scripts/proto/etcd-protos.ts';
import { ROOT } from '../architecture-tree.ts';

t.test("of etcd's .proto files only what is said to Go and to the gateway is removed", t => {
  for (const name of ['mvcc/mvccpb/kv', 'auth/authpb/auth', 'etcdserver/etcdserverpb/rpc']) {
    const text = readFileSync(`${ROOT}/proto/etcd/${name}.proto`, 'utf8');
    const stripped = withoutForeignOptions(text);
    t.notMatch(stripped, /gogoproto|google.api/, name);
    const declarations = (source: string) =>
      source.match(/^ *(?:message|enum|service|rpc|\w+ \w+ = )[^[;{]*/gm);
    t.strictSame(declarations(stripped), declarations(text), `${name} declares the same`);
  }
  t.end();
});
