// An attachment whose removal has begun is not attached, whatever the disk says; one whose record was lost comes back.
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAddr } from 'ip';
import { formatAttachment } from '../../../loader/ipam/attachment-record.ts';
import t from 'tap';
import { draft, opened, temporaryDirectory, requesting } from './request.ts';

const isAlive = (): boolean => true;
const addresses = [parseAddr('10.1.0.2'), parseAddr('fd00:1::2')];

t.test('a removal has begun: not attached, although its record cannot be moved', t => {
  const directory = temporaryDirectory(t);
  const ipam = opened({ directory });
  const one = ipam.allocate(draft('c1'), requesting());
  ipam.attach(one);
  refuseWrites(directory);
  ipam.close(one);
  for (const step of [() => ipam.withdraw(one), () => ipam.release(one)]) t.throws(step, { code: 'IO' });
  t.strictSame(ipam.attached, []);
  t.match(ipam.unfinished, [{ containerId: 'c1' }]);
  t.end();
});

t.test('what was restored is on disk, and its addresses and pod id are taken', t => {
  const directory = temporaryDirectory(t);
  const known = draft('c1', { netns: '' });
  t.match(opened({ directory }).restore({ ...known, addresses, podId: 3 }, isAlive), {
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
  t.match(ipam.restore({ ...draft('c2'), addresses: other, podId: first.podId }, isAlive), {
    podId: 2,
  });
  t.equal(ipam.restore({ ...draft('c3'), addresses: first.addresses }, isAlive), undefined);
  t.equal(ipam.get(draft('c3')), undefined);
  t.end();
});

t.test('an address that is held is given to nobody', t => {
  const ipam = opened({ directory: temporaryDirectory(t) });
  ipam.held.hold('hd1', addresses, 'pod shop/lost');
  t.match(ipam.allocate(draft('c1'), requesting()), { addresses: ['10.1.0.3', 'fd00:1::3'] });
  t.throws(() => ipam.allocate(draft('c2'), requesting('10.1.0.2')), /pod shop\/lost/);
  ipam.held.release('hd1');
  t.match(ipam.allocate(draft('c2'), requesting('10.1.0.2')), { addresses: ['10.1.0.2', 'fd00:1::4'] });
  t.end();
});

t.test('the sentence about a damaged record promises no address to anybody', t => {
  const directory = temporaryDirectory(t);
  opened({ directory });
  writeFileSync(join(directory, 'attachments', 'x.json'), '');
  t.match(opened({ directory }).problems, [/is empty: it was moved to .*damaged.*known by its device/]);
  t.end();
});

t.test('an older copy of the directory is put back: its records give way to whoever lives', t => {
  const directory = temporaryDirectory(t);
  const older = opened({ directory });
  older.attach(older.allocate(draft('gone'), requesting()));
  older.attach(older.allocate(draft('alive'), requesting('10.1.0.7')));
  const ipam = opened({ directory });
  const isLive = ({ containerId }: { containerId: string }): boolean => containerId !== 'gone';
  t.strictSame(ipam.releaseContradicted(isLive), [], 'nobody has its address');
  t.match(ipam.restore({ ...draft('lost'), addresses, podId: 1 }, isLive), {
    addresses,
    phase: 'attached',
  });
  t.equal(ipam.get(draft('gone')), undefined, 'the record of a container that is gone');
  t.match(ipam.allocate(draft('next'), requesting()), { addresses: ['10.1.0.3', 'fd00:1::4'] });
  t.end();
});

t.test('two records have one address: that of the container that lives stays, and the address with it', t => {
  const directory = temporaryDirectory(t);
  const ipam = opened({ directory });
  const one = ipam.attach(ipam.allocate(draft('alive'), requesting()));
  const copy = formatAttachment({ ...one, containerId: 'gone' });
  writeFileSync(join(directory, 'attachments', 'copy.json'), copy);
  const again = opened({ directory });
  const isLive = ({ containerId }: { containerId: string }): boolean => containerId === 'alive';
  t.match(again.releaseContradicted(isLive), [{ containerId: 'gone' }]);
  t.match(again.attached, [{ containerId: 'alive', addresses: one.addresses }]);
  t.throws(() => again.allocate(draft('c2'), requesting('10.1.0.2')), /in use by container alive/);
  t.end();
});

t.test('records are gone while the daemon runs: each step writes its record anew', t => {
  for (const step of ['withdraw', 'release', 'rewriteLost'] as const) {
    const directory = temporaryDirectory(t);
    const ipam = opened({ directory });
    const one = ipam.attach(ipam.allocate(draft('c1'), requesting()));
    rmSync(directory, { recursive: true });
    if (step === 'rewriteLost') t.match(ipam.rewriteLost(), [{ containerId: 'c1' }]);
    else ipam[step](one);
    const again = opened({ directory });
    t.match(
      again.get(one)?.phase,
      { withdraw: 'allocated', release: undefined, rewriteLost: 'attached' }[step],
    );
    if (step === 'release') t.match(again.allocate(draft('c2'), requesting()), { podId: 2 }, 'in cooldown');
  }
  t.end();
});

t.test('an address that somebody uses is skipped, and refused by name', t => {
  const ipam = opened({ directory: temporaryDirectory(t) });
  const usedBy = (addr: string): string | undefined => (addr === '10.1.0.2' ? 'the route to it' : undefined);
  t.match(ipam.allocate(draft('c1'), { ...requesting(), usedBy }), { addresses: ['10.1.0.3', 'fd00:1::2'] });
  t.throws(() => ipam.allocate(draft('c2'), { ...requesting('10.1.0.2'), usedBy }), {
    code: 'ADDRESS_IN_USE',
    message: /in use by the route to it/,
  });
  t.end();
});

/** What root can do to itself: a file in the place of the folder. */
function refuseWrites(directory: string): void {
  rmSync(join(directory, 'attachments'), { recursive: true });
  writeFileSync(join(directory, 'attachments'), '');
}
