import { type Addr, parseAddr } from 'ip';
import t from 'tap';
import { Reservations } from '../../../loader/ipam/reservations.ts';
import type { Ipam } from '../../../loader/ipam/ipam.ts';
import type { Attachment } from '../../../loader/model/attachment.ts';
import { podKey, type PodKey, type PodObject } from '../../../loader/model/objects.ts';
import { draft, opened, SMALL, temporaryDirectory } from './request.ts';

function podsNaming(reserved: Readonly<Record<string, string>>): ReadonlyMap<PodKey, PodObject> {
  return new Map(
    Object.entries(reserved).map(([name, addr]) => {
      const pod: PodObject = {
        namespace: 'shop',
        name,
        labels: {},
        hostNetwork: false,
        phase: 'Pending',
        addresses: [parseAddr(addr)],
        ports: [],
      };
      return [podKey(pod), pod];
    }),
  );
}

function add(
  ipam: Ipam,
  name: string,
  pods: ReadonlyMap<PodKey, PodObject>,
  requested: readonly Addr[] = [],
): Attachment {
  const reservations = new Reservations(() => ({ pods }));
  const pod = { namespace: 'shop', name };
  return ipam.allocate(draft(`c-${name}`, { pod }), {
    requested,
    reservedFor: addr => reservations.get(addr),
  });
}

t.test('an address that a Pod object names is reserved for that pod', t => {
  const ipam = opened({ directory: temporaryDirectory(t) }, SMALL);
  const pods = podsNaming({ db: '10.1.0.2' });
  t.strictSame(add(ipam, 'web', pods).addresses, ['10.1.0.3']);
  t.strictSame(add(ipam, 'db', pods, [parseAddr('10.1.0.2')]).addresses, ['10.1.0.2']);
  t.end();
});

t.test('a request for an address that is reserved for another pod is refused', t => {
  const ipam = opened({ directory: temporaryDirectory(t) }, SMALL);
  const pods = podsNaming({ db: '10.1.0.2' });
  t.throws(() => add(ipam, 'web', pods, [parseAddr('10.1.0.2')]), {
    code: 'ADDRESS_IN_USE',
    message: '10.1.0.2 cannot be allocated to pod shop/web: it is reserved for pod shop/db',
  });
  t.equal(ipam.attachments.size, 0);
  t.end();
});

t.test('when every address is reserved an allocation for another pod fails', t => {
  const ipam = opened({ directory: temporaryDirectory(t) }, SMALL);
  const pods = podsNaming({ a: '10.1.0.2', b: '10.1.0.3', c: '10.1.0.4', d: '10.1.0.5', e: '10.1.0.6' });
  t.throws(() => add(ipam, 'web', pods), { code: 'ADDRESS_EXHAUSTED' });
  t.strictSame(add(ipam, 'web', podsNaming({})).addresses, ['10.1.0.2'], 'until the reservations end');
  t.end();
});

t.test('an address in use stays in use when a Pod object of another pod names it', t => {
  const ipam = opened({ directory: temporaryDirectory(t) }, SMALL);
  add(ipam, 'web', podsNaming({}));
  t.throws(() => add(ipam, 'db', podsNaming({ db: '10.1.0.2' }), [parseAddr('10.1.0.2')]), {
    code: 'ADDRESS_IN_USE',
    message: '10.1.0.2 cannot be allocated to pod shop/db: it is in use by pod shop/web',
  });
  t.end();
});

t.test('reservations follow the cluster from one question to the next', t => {
  const [web, db] = ['10.1.0.2', '10.1.0.3'].map(parseAddr) as [Addr, Addr];
  let pods = podsNaming({ web, db });
  const reservations = new Reservations(() => ({ pods }));
  const owners = (): readonly unknown[] => [web, db].map(addr => reservations.get(addr));
  t.strictSame(owners(), ['pod shop/web', 'pod shop/db']);
  pods = podsNaming({ web: db });
  t.strictSame(owners(), [undefined, 'pod shop/web'], 'one has the address of the other, which is gone');
  const second = podsNaming({ api: db });
  pods = new Map([...podsNaming({ web: db }), ...second]);
  t.match(reservations.get(db), /^pod shop\/(web|api)$/, 'two name it');
  pods = second;
  t.strictSame(owners(), [undefined, 'pod shop/api']);
  pods = new Map();
  t.strictSame(owners(), [undefined, undefined]);
  t.end();
});
