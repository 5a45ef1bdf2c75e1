// Where a watch begins. From 3.4.36 and 3.5.18 on, etcd answers no progress question on a watch that begins after its present
// revision: where nothing is written, such a watch would have no proof of life. Debian's etcd is older, so the request is looked at.
import { EtcdClient, type WatchListener, type WatchSpec } from 'etcd';
import t from 'tap';
import { PrefixWatcher } from '../../../loader/sources/etcd/prefix-watcher.ts';
import { startEtcd } from '../../support/etcd.ts';
import { until } from '../../support/until.ts';

t.setTimeout(600_000);

/** Remembers what it was asked to watch, and what had been written by then. */
class WatchedClient extends EtcdClient {
  readonly begun: { readonly startRevision: number; readonly revision: number }[] = [];

  override async watch(spec: WatchSpec, listener: WatchListener, signal: AbortSignal): Promise<void> {
    const { revision } = await this.range({ key: Buffer.from('/') });
    this.begun.push({ startRevision: spec.startRevision, revision });
    return super.watch(spec, listener, signal);
  }
}

t.test(
  'a watch begins at a revision that etcd has, at first and after each loss; nothing is told twice',
  async t => {
    const server = await startEtcd(t);
    const etcd = new WatchedClient({
      endpoints: [server.endpoint],
      credentials: () => ({}),
      progressMs: 200,
    });
    t.teardown(() => etcd.close());
    await etcd.put('/a/before', '1');
    const changes: string[] = [];
    let alive = 0;
    const watcher = new PrefixWatcher({
      ...{ etcd, prefix: '/a', backoff: { firstMs: 20, maxMs: 200 } },
      listener: {
        onSnapshot: entries => changes.push(`snapshot of ${entries.size}`),
        onChanges: all => changes.push(...all.map(([key, value]) => `${key}=${value ?? ''}`)),
        onDisconnected: () => undefined,
        onAlive: () => alive++,
      },
    });
    t.teardown(() => watcher.stop());
    await watcher.start();
    t.ok(await until(() => alive >= 3), 'it is alive though nothing is written');
    await etcd.put('/a/one', '1');
    t.ok(await until(() => changes.includes('/a/one=1')));
    for (const written of ['/elsewhere', '/a/two']) {
      await server.kill();
      await server.restart();
      const known = etcd.begun.length;
      t.ok(await until(() => etcd.begun.length > known), 'watched again');
      const before = alive;
      t.ok(await until(() => alive >= before + 2), 'and alive');
      await etcd.put(written, '1');
    }
    t.ok(await until(() => changes.includes('/a/two=1')));
    t.strictSame(changes, ['snapshot of 1', '/a/one=1', '/a/two=1']);
    for (const { startRevision, revision } of etcd.begun)
      t.ok(startRevision <= revision, `${startRevision} of ${revision}`);
  },
);
