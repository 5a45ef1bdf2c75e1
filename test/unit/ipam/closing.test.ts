// An attachment whose removal has begun is not attached, whatever the disk says; one whose record was lost comes back.
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAddr } from 'ip';
import t from 'tap';
import { draft, opened, temporaryDirectory, requesting } from './request.ts';

const addresses = [parseAddr('10.1.0.2'), parseAddr('fd00:1::2')];

t.test('a removal has begun: not attached, although its record cannot be moved', t => {
  const directory = temporaryDirectory(t);
  const ipam = opened({ directory });
  const one = ipam.allocate(draft('c1'), requesting());
  ipam.attach(one);
  rmSync(join(directory, 'attachments'), { recursive: true }); // a disk that refuses
  ipam.close(one);
  for (const step of [() => ipam.withdraw(one), () => ipam.release(one)]) t.throws(step, { code: 'IO' });
  t.strictSame(ipam.attached, []);
  t.match(ipam.unfinished, [{ containerId: 'c1' }]);
  t.end();
});

t.test('what was restored is on disk, and its addresses and pod id are taken', t => {
  const directory = temporaryDirectory(t);
  const known = draft('c1', { netns: '' });
  t.match(opened({ directory }).restore({ ...known, addresses, podId: 3 }), {
    podId: 3,
    phase: 'attached',
  });
  const again = opened({ directory });
  t.match(again.attached, [{ containerId: 'c1', addresses, podId: 3 }]);
  t.match(again.allocate(draft('c2'), requesting()), { addresses: ['10.1.0.3', 'fd00:1::3'], podId: 1 });
  t.end();
});

t.test('a pod id that somebody has is not taken twice, an address is not taken from anybody', t => {
  const ipam = opened({ directory: temporaryDirectory(t) });
  const first = ipam.allocate(draft('c1'), requesting());
  const other = [parseAddr('10.1.0.9')];
  t.match(ipam.restore({ ...draft('c2'), addresses: other, podId: first.podId }), { podId: 2 });
  t.equal(ipam.restore({ ...draft('c3'), addresses: first.addresses }), undefined);
  t.equal(ipam.get(draft('c3')), undefined);
  t.end();
});

t.test('an address that is held is given to nobody', t => {
  const ipam = opened({ directory: temporaryDirectory(t) });
  ipam.hold(addresses, 'pod shop/lost');
  t.match(ipam.allocate(draft('c1'), requesting()), { addresses: ['10.1.0.3', 'fd00:1::3'] });
  t.throws(() => ipam.allocate(draft('c2'), requesting('10.1.0.2')), /pod shop\/lost/);
  t.end();
});

t.test('the sentence about a damaged record promises no address to anybody', t => {
  const directory = temporaryDirectory(t);
  opened({ directory });
  writeFileSync(join(directory, 'attachments', 'x.json'), '');
  t.match(opened({ directory }).problems, [/is empty: it was moved to .*damaged.*known by its device/]);
  t.end();
});
