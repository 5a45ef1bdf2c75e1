import t from 'tap';
import { loadConfigWithOrigins } from '../../../loader/config.ts';
import { configTable } from '../../../loader/config/describe.ts';
import { configKeys } from '../../../loader/config/keys.ts';
import { didYouMean, nearestOf } from '../../../loader/config/nearest.ts';

t.test('the effective configuration has every key with its value and origin', t => {
  const { settings } = loadConfigWithOrigins({
    argv: ['--mtu', '1400'],
    env: { HEDDLE_TUNNEL_VNI: '7' },
    readFile: () => 'xdp: auto\nlog: { level: warn }\n',
    hostname: 'a',
  });
  t.strictSame(
    settings.map(({ key }) => key),
    configKeys.map(({ key }) => key),
  );
  const shown = new Map(settings.map(({ key, value, origin }) => [key, [value, origin]]));
  t.strictSame(shown.get('mtu'), [1400, '--mtu']);
  t.strictSame(shown.get('tunnel.vni'), [7, 'HEDDLE_TUNNEL_VNI']);
  t.strictSame(shown.get('log.level'), ['warn', '/etc/heddle/heddled.yaml:2']);
  t.strictSame(shown.get('socket'), ['/run/heddle/heddled.sock', 'default']);
  t.end();
});

t.test('keys, flags and variables have the same words', t => {
  const key = configKeys.find(candidate => candidate.key === 'tunnel.sourcePortMin');
  t.equal(key?.flag, '--tunnel-source-port-min');
  t.equal(key?.variable, 'HEDDLE_TUNNEL_SOURCE_PORT_MIN');
  t.equal(new Set(configKeys.map(({ flag }) => flag)).size, configKeys.length);
  t.end();
});

t.test('the table has one row for every key, with its default', t => {
  const rows = configTable().split('\n').slice(2);
  t.equal(rows.length, configKeys.length);
  for (const [i, { key, flag, variable }] of configKeys.entries())
    t.ok(rows[i]?.startsWith(`| \`${key}\` | \`${flag}\` | \`${variable}\` | `), key);
  t.match(configTable(), '| `4789` |');
  t.match(configTable(), '| the hostname, in lower case |');
  t.end();
});

t.test('the nearest name has the smallest edit distance', t => {
  t.equal(nearestOf('uplnk', ['socket', 'uplink']), 'uplink');
  t.equal(nearestOf('PINROOT', ['pinRoot']), 'pinRoot');
  t.equal(nearestOf('entirely-else', ['pinRoot', 'uplink']), undefined);
  t.equal(didYouMean('x', ['uplink']), '');
  t.equal(didYouMean('soket', ['socket']), ', did you mean socket?');
  t.end();
});
