// What is said of a machine on which nothing can be loaded.
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { checkBpffs, checkPrivileges } from '../../../loader/programs/bpffs.ts';
import { findObjectFolder } from '../../../loader/programs/objects.ts';

t.test('a pin root outside a BPF filesystem is refused with the command that mounts one', t => {
  const path = join(tmpdir(), 'heddle', 'pins');
  t.throws(() => checkBpffs(path), {
    code: 'IO',
    message: /is not in a BPF filesystem: mount one with 'mount -t bpf/,
  });
  t.end();
});

t.test('without capabilities the missing ones are named', t => {
  const [netAdmin, sysAdmin] = [1n << 12n, 1n << 21n];
  const withCapabilities = (bits: bigint) => () => checkPrivileges(`CapEff:\t${bits.toString(16)}\n`);
  t.throws(withCapabilities(0n), {
    code: 'PERMISSION',
    message:
      'heddled lacks CAP_NET_ADMIN and CAP_SYS_ADMIN, which programs, devices and pods need: run it as root with it',
  });
  t.throws(withCapabilities(netAdmin), { message: /lacks CAP_SYS_ADMIN,/ });
  t.throws(withCapabilities(sysAdmin), { message: /lacks CAP_NET_ADMIN,/ });
  t.doesNotThrow(withCapabilities(netAdmin | sysAdmin));
  t.end();
});

t.test('objects that were not built are asked for by name', t => {
  t.throws(() => findObjectFolder('/nowhere/at/all'), {
    message: /pod_tx\.bpf\.o was not found in any folder above \/nowhere/,
  });
  t.end();
});
