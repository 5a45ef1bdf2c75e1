// host-local's records of the addresses that it has given: they count as long as the pods that have them can live.
import { readFileSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { parseAddr, parseCidr } from 'ip';
import t from 'tap';
import { hostLocalAddresses, hostLocalProblems, hostLocalUses } from '../../../loader/network/host-local.ts';

const OWN = [parseCidr('10.244.1.0/24')];
const [UPTIME_S = 0] = readFileSync('/proc/uptime', 'utf8').split(' ').map(Number);

/** Written now. */
const RECORDS = { lock: '', 'last_reserved_ip.0': '10.244.1.6', '10.244.1.5': 'abc', '10.244.1.6': 'def' };

t.test('those of this boot are used, with what helps where no configuration of flannel is left', t => {
  const directory = t.testdir({ cbr0: RECORDS, other: { '10.99.0.1': 'x' } });
  t.equal(hostLocalUses(directory).get(parseAddr('10.244.1.5')), 'host-local, for the network cbr0');
  t.equal(hostLocalAddresses(directory).length, 3);
  t.strictSame(hostLocalProblems(directory, OWN), [
    `no pod gets 10.244.1.5 and 1 other addresses of this node: host-local has given them to another network's pods; ` +
      `once none of those runs: rm -r ${join(directory, 'cbr0')}`,
  ]);
  t.end();
});

t.test("those of a former boot are nobody's", t => {
  const directory = t.testdir({ cbr0: RECORDS });
  const former = new Date(Date.now() - (UPTIME_S + 3_600) * 1_000);
  utimesSync(join(directory, 'cbr0/10.244.1.5'), former, former);
  t.strictSame(
    hostLocalAddresses(directory).map(({ addr }) => addr),
    ['10.244.1.6'],
  );
  t.match(hostLocalProblems(directory, OWN), [/^no pod gets 10\.244\.1\.6: host-local has given it to/]);
  utimesSync(join(directory, 'cbr0/10.244.1.6'), former, former);
  t.strictSame(hostLocalProblems(directory, OWN), []);
  t.equal(hostLocalUses(directory).size, 0);
  t.end();
});

t.test('nothing is known where there is no directory', t => {
  t.strictSame(hostLocalAddresses(join(t.testdir(), 'nowhere')), []);
  t.end();
});
