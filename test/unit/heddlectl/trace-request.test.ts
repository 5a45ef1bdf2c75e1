// heddlectl trace: names and flags become a packet of one family, or a sentence that says what is missing.
import t from 'tap';
import { parsePort, traceQuery, type TraceFlags } from '../../../cmd/heddlectl/events/trace-request.ts';

const names = {
  pods: new Map([
    ['10.244.1.2', 'shop/web-0'],
    ['fd00:244:0:1::2', 'shop/web-0'],
    ['10.244.2.3', 'shop/db-0'],
    ['fd00:244:0:2::3', 'shop/db-0'],
    ['fd00:244:0:2::4', 'shop/six'],
  ]),
  nodes: new Map<number, string>(),
  devices: new Map<number, string>(),
  services: new Map<string, string>(),
};

const WITHOUT_PORT: TraceFlags = { from: 'shop/web-0', to: 'shop/db-0', proto: 'tcp' };
const flags: TraceFlags = { ...WITHOUT_PORT, port: 5_432 };

t.test('two pods of both families are asked over IPv4, unless the other one is wanted', t => {
  t.strictSame(traceQuery(names, flags), {
    ...{ source: '10.244.1.2', destination: '10.244.2.3', protocol: 'tcp', port: 5_432 },
  });
  t.strictSame(traceQuery(names, { ...flags, family: '6', sourcePort: 1_234 }), {
    ...{ source: 'fd00:244:0:1::2', destination: 'fd00:244:0:2::3', protocol: 'tcp', port: 5_432 },
    sourcePort: 1_234,
  });
  t.end();
});

t.test('the family is that which both ends have', t => {
  t.match(traceQuery(names, { ...flags, to: 'shop/six' }), { source: 'fd00:244:0:1::2' });
  t.match(traceQuery(names, { ...flags, to: '192.0.2.1' }), {
    source: '10.244.1.2',
    destination: '192.0.2.1',
  });
  t.end();
});

t.test('an echo request has no port', t => {
  const echo = { ...WITHOUT_PORT, proto: 'icmp' as const };
  t.match(traceQuery(names, echo), { port: 0, protocol: 'icmp' });
  t.throws(
    () => traceQuery(names, { ...echo, port: 80 }),
    /--port 80 has no meaning with --proto icmp: leave it out/,
  );
  t.end();
});

t.test('what cannot be asked is refused with the flag, the value and the fix', t => {
  const refusals: readonly (readonly [TraceFlags, RegExp])[] = [
    [WITHOUT_PORT, /--port is missing: tcp needs a destination port, such as --port 80/],
    [
      { ...flags, from: '192.0.2.1', to: 'shop/six' },
      /have no addresses of one family: name two ends that have/,
    ],
    [{ ...flags, to: 'shop/six', family: '4' }, /have no addresses of IPv4/],
    [{ ...flags, from: 'web-0' }, /--from 'web-0' is not a pod: write it as NAMESPACE\/POD/],
    [
      { ...flags, to: 'shop/none' },
      /no endpoint has the pod 'shop\/none': 'heddlectl endpoint list' lists all/,
    ],
  ];
  for (const [wrong, sentence] of refusals) t.throws(() => traceQuery(names, wrong), sentence);
  t.end();
});

t.test('a port is a whole number from 1 to 65535', t => {
  t.equal(parsePort('65535'), 65_535);
  for (const text of ['0', '65536', '-1', '1.5', '0x50', '', '80 '])
    t.throws(() => parsePort(text), /1 to 65535/, text);
  t.end();
});
