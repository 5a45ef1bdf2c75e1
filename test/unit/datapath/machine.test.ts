// What is said of a machine on which nothing can be loaded.
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { checkBpffs, checkPrivileges } from '../../../loader/datapath/bpffs.ts';
import { findObjectFolder } from '../../../loader/datapath/objects.ts';

t.test('a pin root outside a BPF filesystem is refused with the command that mounts one', t => {
  const path = join(tmpdir(), 'heddle', 'pins');
  t.throws(() => checkBpffs(path), {
    code: 'IO',
    message: /is not in a BPF filesystem: mount one with 'mount -t bpf/,
  });
  t.end();
});

t.test('without capabilities the missing ones are named', t => {
  t.throws(() => checkPrivileges('CapEff:\t0000000000000000\n'), {
    code: 'PERMISSION',
    message: 'loading BPF programs takes CAP_BPF, CAP_PERFMON, CAP_NET_ADMIN: run as root',
  });
  const netAdminAndBpf = (1n << 12n) | (1n << 39n);
  t.throws(() => checkPrivileges(`CapEff:\t${netAdminAndBpf.toString(16)}\n`), {
    message: /takes CAP_PERFMON:/,
  });
  t.end();
});

t.test('CAP_SYS_ADMIN stands for the finer ones, but not for CAP_NET_ADMIN', t => {
  const sysAdmin = 1n << 21n;
  t.throws(() => checkPrivileges(`CapEff:\t${sysAdmin.toString(16)}\n`), { message: /takes CAP_NET_ADMIN:/ });
  t.doesNotThrow(() => checkPrivileges(`CapEff:\t${(sysAdmin | (1n << 12n)).toString(16)}\n`));
  t.end();
});

t.test('objects that were not built are asked for by name', t => {
  t.throws(() => findObjectFolder('/nowhere/at/all'), {
    message: /pod_tx\.bpf\.o is in no folder above \/nowhere/,
  });
  t.end();
});
