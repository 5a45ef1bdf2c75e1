// NIC profiles by name, and what several of them come to.
import t from 'tap';
import {
  DEFAULT_NIC,
  NIC_PROFILE_NAMES,
  NIC_PROFILES,
  nicOf,
  parseNicChoice,
} from '../../../lab/nic-profile.ts';

function nic(node: string, ...choices: readonly string[]) {
  return nicOf(node, choices.map(parseNicChoice));
}

t.test('each profile has one sentence', t => {
  for (const { text } of Object.values(NIC_PROFILES)) t.match(text, /^[A-Z]((?!\. ).)*\.$/);
  t.end();
});

t.test('a profile is for all nodes, or for one', t => {
  t.strictSame(parseNicChoice('vlan0'), { profile: 'vlan0', node: undefined });
  t.strictSame(parseNicChoice('second-nic@n2'), { profile: 'second-nic', node: 'n2' });
  t.strictSame(nic('n1', 'vlan0@n2'), DEFAULT_NIC);
  t.strictSame(nic('n2', 'vlan0@n2'), { ...DEFAULT_NIC, vlan0: true });
  t.end();
});

t.test('what is no profile is refused in one sentence that names the choices', t => {
  for (const text of ['', 'vlan', 'vlan0@', 'vlan0@n1@n2', 'VLAN0', 'toString'])
    t.throws(() => parseNicChoice(text), {
      name: 'RangeError',
      message: `--nic cannot be '${text}': use ${NIC_PROFILE_NAMES.join(', ')}, or one of them at one node, as in vlan0@n1`,
    });
  t.end();
});

t.test('profiles add up', t => {
  t.strictSame(nic('n1'), DEFAULT_NIC);
  t.strictSame(nic('n1', 'default'), DEFAULT_NIC);
  t.match(nic('n1', 'no-gro', 'no-gso', 'corrupt', 'vip'), {
    ...{ gro: false, tso: false, gso: false, txChecksum: true, vip: true, vlan0: false },
    corruptOneIn: NIC_PROFILES.corrupt.settings.corruptOneIn,
  });
  t.end();
});

t.test('profiles that set one thing alike combine, and those that contradict each other do not', t => {
  t.match(nic('n1', 'no-gso', 'no-tx-checksum'), { tso: false, gso: false, txChecksum: false });
  t.throws(() => nic('n1', 'small-mtu', 'silent-mtu'), {
    message: '--nic small-mtu and --nic silent-mtu contradict each other at n1',
  });
  t.doesNotThrow(() => nic('n2', 'small-mtu@n1', 'silent-mtu@n2'));
  t.end();
});
