// The tables of Services in maps of their own: order, grace period, what comes back, what is full.
import t from 'tap';
import { parseAddr } from 'ip';
import { ServiceCompiler } from '../../loader/services/compiler.ts';
import { fittingServices } from '../../loader/services/fitting-services.ts';
import { formerServices } from '../../loader/tables/former-services.ts';
import { ServiceTables } from '../../loader/tables/service-tables.ts';
import { createServiceMaps } from '../support/service-maps.ts';
import { endpoint, inputOf, service, slice } from '../unit/services/objects.ts';

const OTHER = parseAddr('10.96.0.2');

function begun(maxEntries = 64) {
  const owned = createServiceMaps(maxEntries);
  t.teardown(() => owned[Symbol.dispose]());
  const compiler = new ServiceCompiler();
  let pass: () => void = () => undefined;
  const tables = new ServiceTables(owned.maps, {
    ...{ vni: 1, onGone: set => compiler.sets.forget(set), onDeleted: () => undefined },
    onFailure: error => {
      throw error;
    },
    gracePeriod: () => new Promise(resolve => (pass = resolve)),
  });
  const write = (...parts: Parameters<typeof inputOf>): number => {
    const written = tables.sync(compiler.update(inputOf(...parts)).ports, 'incremental');
    tables.retire();
    return written;
  };
  const counts = (): readonly number[] =>
    [owned.maps.hd_service, owned.maps.hd_backend, owned.maps.hd_backend_info].map(
      map => [...map.keys()].length,
    );
  const graceOver = async (): Promise<void> => {
    pass();
    await new Promise(resolve => setImmediate(resolve));
  };
  return { maps: owned.maps, tables, compiler, write, counts, graceOver };
}

t.test('what is replaced stays until the grace period is over', async t => {
  const { write, counts, graceOver } = begun();
  t.equal(write([service()], [slice([endpoint('10.1.0.1')])]), 3);
  t.strictSame(counts(), [1, 1, 1]);
  t.equal(write([service()], [slice([endpoint('10.1.0.2')])]), 3);
  t.strictSame(counts(), [1, 2, 2]);
  await graceOver();
  t.strictSame(counts(), [1, 1, 1]);
});

t.test('a list that comes back meanwhile stays', async t => {
  const { write, counts, graceOver } = begun();
  write([service()], [slice([endpoint('10.1.0.1')])]);
  write([service()], [slice([endpoint('10.1.0.2')])]);
  write([service()], [slice([endpoint('10.1.0.1')])]);
  await graceOver();
  await graceOver();
  t.strictSame(counts(), [1, 1, 1]);
});

t.test('a list that goes from one Service to another in one step stays', async t => {
  const { write, counts, graceOver } = begun();
  const other = service({ name: 'other', clusterIps: [OTHER] });
  const ofOther = { name: 'other-1', serviceName: 'other' };
  write([service(), other], [slice([endpoint('10.1.0.1')]), slice([endpoint('10.1.0.2')], ofOther)]);
  write([service(), other], [slice([endpoint('10.1.0.3')]), slice([endpoint('10.1.0.1')], ofOther)]);
  await graceOver();
  await graceOver();
  t.strictSame(counts(), [2, 2, 2]);
});

t.test('a deleted Service leaves nothing', async t => {
  const { write, counts, graceOver } = begun();
  write([service()], [slice([endpoint('10.1.0.1')])]);
  t.equal(write([]), 0);
  t.strictSame(counts(), [1, 1, 1]);
  await graceOver();
  t.strictSame(counts(), [0, 0, 0]);
});

t.test('the next process finds the numbers', t => {
  const { maps, write } = begun();
  write([service()], [slice([endpoint('10.1.0.1')])]);
  const { idOf, sets } = formerServices(maps, 1);
  const compiler = new ServiceCompiler(idOf);
  for (const [number, backends] of sets) compiler.sets.remember(number, backends);
  const { ports } = compiler.update(inputOf([service()], [slice([endpoint('10.1.0.1')])]));
  const next = new ServiceTables(maps, {
    ...{ vni: 1, onGone: () => undefined, onDeleted: () => undefined, onFailure: () => undefined },
  });
  t.equal(next.sync(ports, 'full'), 0);
  t.end();
});

t.test('a map that is full throws, and whole Services are left out before that', t => {
  const { tables, compiler } = begun(8);
  const services = Array.from({ length: 5 }, (_, i) =>
    service({ name: `s${i}`, clusterIps: [parseAddr(`10.96.1.${i}`)] }),
  );
  const slices = services.map(({ name }, i) =>
    slice([endpoint(`10.1.${i}.1`), endpoint(`10.1.${i}.2`)], { name, serviceName: name }),
  );
  const compiled = compiler.update(inputOf(services, slices));
  t.throws(() => tables.sync(compiled.ports, 'incremental'), { code: 'MAP_FULL' });
  const fitting = fittingServices(compiled, { services: 8, backends: 8 });
  t.strictSame([...fitting.ports.keys()], ['shop/s0', 'shop/s1', 'shop/s2']);
  t.equal(fitting.vips.size, 3);
  t.match(fitting.problems, [
    /2 of 5 Services are not served\. Set maps\.services to 8 and maps\.backends to 16/,
  ]);
  tables.sync(fitting.ports, 'incremental');
  t.equal(fittingServices(compiled, { services: 8, backends: 16 }), compiled);
  t.end();
});
