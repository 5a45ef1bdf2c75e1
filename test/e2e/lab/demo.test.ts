// The demo shows what it promises, and tidies up, however it ends.
import { once } from 'node:events';
import t from 'tap';
import { labDown } from '../../../lab/down.ts';
import { findLab } from '../../../lab/registry.ts';
import { startDemo } from '../../support/demo.ts';
import { outcomeOf } from '../../support/heddlectl.ts';
import { labName } from '../../support/lab.ts';
import { tracesOf } from '../../support/traces.ts';

t.setTimeout(600_000);

t.test('it shows pings, a stream, the path, the tables, a packet and the counters', async t => {
  const name = labName();
  t.teardown(() => labDown(name));
  const { code, stdout, stderr } = await outcomeOf(startDemo(name));
  t.equal(code, 0, stderr);
  for (const shown of [
    /3 packets transmitted, 3 received, 0% packet loss/,
    /iperf Done/,
    /traceroute to fd00:244:0:2::2/,
    /^PREFIX +KIND +NODE/m,
    /VXLAN, flags \[I\] \(0x08\), vni 1/,
    /^uplink_rx +REDIRECT_POD/m,
    /10 echo requests: 10 went into the tunnel, 10 came out of it/,
  ])
    t.match(stdout, shown);
  t.strictSame(tracesOf(name), []);
});

t.test('interrupted, it fails, and leaves nothing', async t => {
  const name = labName();
  t.teardown(() => labDown(name));
  const demo = startDemo(name);
  const ended = outcomeOf(demo);
  let seen = '';
  while (!seen.includes('ping')) {
    const [chunk] = (await once(demo.stdout ?? demo, 'data')) as [Buffer];
    seen += chunk.toString();
  }
  demo.kill('SIGINT');
  const { code, stderr } = await ended;
  t.equal(code, 1);
  t.match(stderr, /the demo failed: interrupted by SIGINT/);
  t.strictSame(tracesOf(name), []);
});

t.test('told to keep its lab, it leaves it up', async t => {
  const name = labName();
  t.teardown(() => labDown(name));
  const { code, stdout } = await outcomeOf(startDemo(name, { KEEP: '1' }));
  t.equal(code, 0);
  t.match(stdout, `build/heddlectl lab down ${name}`);
  t.equal(findLab(name)?.pods.length, 4);
});
