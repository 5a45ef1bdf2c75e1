// The reconciler of Services: off, on and auto; what it says, and what it leaves alone.
import t from 'tap';
import type { Config } from '../../../loader/config.ts';
import type { ServicesInput } from '../../../loader/services/compiler.ts';
import type { Reconciler } from '../../../loader/reconcilers/reconciler.ts';
import { services } from '../../../loader/reconcilers/services.ts';
import type { SyncMode } from '../../../loader/tables/sync-mode.ts';
import { endpoint, inputOf, service, slice, VIP } from '../services/objects.ts';
import { contextOf, programsOf, rawMaps } from './service-context.ts';

const WEB = inputOf([service()], [slice([endpoint('10.1.0.1')])]);

function begun(setting: Config['services'], input?: ServicesInput) {
  const raw = rawMaps();
  const seen = contextOf(setting);
  let writes = 0;
  for (const map of Object.values(raw)) map.onWrite = () => writes++;
  seen.cells.policy.set(programsOf(raw));
  if (input !== undefined) seen.cells.services.set(input);
  const reconciler = services(seen.context);
  return { ...seen, raw, reconciler, sync: syncOf(reconciler), writes: () => writes };
}

/** It completes in one turn. */
function syncOf(reconciler: Reconciler) {
  return (mode: SyncMode) => reconciler.sync(mode) as readonly string[];
}

t.test('on: rows are written, and their VIPs are told to the other tables', t => {
  const { sync, reconciler, raw, cells, changes } = begun('on', WEB);
  t.strictSame(reconciler.needs, [cells.policy, cells.services]);
  t.strictSame(sync('full'), []);
  t.equal(raw.hd_service.rows.size, 1);
  t.strictSame([...(cells.vips.value ?? [])], [[VIP, { namespace: 'shop', name: 'web' }]]);
  t.strictSame(changes, ['3 rows written']);
  t.equal(raw.hd_flow_epoch.rows.size, 1, 'cached flows are void');
  t.end();
});

t.test('when nothing has changed nothing is written, and nobody is told', t => {
  const { sync, cells, changes, writes } = begun('on', WEB);
  sync('full');
  const [before, vips] = [writes(), cells.vips.value];
  for (const mode of ['incremental', 'full'] as const) t.strictSame(sync(mode), []);
  t.equal(writes(), before);
  t.equal(cells.vips.value, vips);
  t.equal(changes.length, 1);
  t.end();
});

t.test('off: the source is not waited for, and there is no VIP', t => {
  const { sync, reconciler, raw, cells, changes } = begun('off');
  t.strictSame(reconciler.needs, [cells.policy]);
  cells.kubeProxy.set('nftables');
  t.strictSame(sync('full'), [], 'kube-proxy may be there');
  t.strictSame([raw.hd_service.rows.size, cells.vips.value?.size, changes], [0, 0, []]);
  t.end();
});

t.test("auto: kube-proxy's rules are a problem for as long as they are there", t => {
  const { sync, reconciler, cells } = begun('auto', WEB);
  t.strictSame(sync('full'), [], 'nobody has looked yet');
  for (const [found, problems] of [
    ['iptables', [/kube-proxy's rules \(iptables\)/]],
    ['none', []],
  ] as const) {
    cells.kubeProxy.set(found);
    const said = sync('incremental');
    t.match(said, problems);
    t.equal(said.length, problems.length);
  }
  t.strictSame(reconciler.watches, [cells.kubeProxy]);
  t.end();
});

t.test('a Service that does not fit is a problem until the cluster is smaller', t => {
  const { context, cells } = begun('on', WEB);
  const small = { ...context, config: { ...context.config, maps: { ...context.config.maps, services: 0 } } };
  const sync = syncOf(services(small));
  t.match(sync('full'), [/1 of 1 Services are not served/]);
  t.equal(cells.vips.value?.size, 0);
  cells.services.set(inputOf([]));
  t.strictSame(sync('incremental'), []);
  t.end();
});

t.test('an error leaves the VIPs as they were, and the next run writes all', t => {
  const { sync, raw, cells } = begun('on', WEB);
  raw.hd_service.budget = 0;
  t.throws(() => sync('full'), { code: 'EPERM' });
  t.notOk(cells.vips.isKnown);
  raw.hd_service.budget = Infinity;
  t.strictSame(sync('incremental'), []);
  t.equal(cells.vips.value?.size, 1);
  t.end();
});

t.test('other programs have maps of their own, which are written anew', t => {
  const { sync, cells, changes } = begun('on', WEB);
  sync('full');
  const next = rawMaps();
  cells.policy.set(programsOf(next));
  t.strictSame(sync('incremental'), []);
  t.equal(next.hd_service.rows.size, 1);
  t.strictSame(changes, ['3 rows written', '3 rows written']);
  t.end();
});
