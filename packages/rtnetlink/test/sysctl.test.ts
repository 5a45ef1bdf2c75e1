// Settings are read and written in the namespace that is meant.
import t from 'tap';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createVeth, openNetns, readSysctl, setProcSys, writeSysctl } from '../src/index.ts';
import { scratchNetns } from './scratch-netns.ts';

t.test("a namespace's setting is written, and this process's stays as it is", t => {
  const { path: netns } = scratchNetns(t);
  const here = readSysctl('net.ipv4.conf.lo.accept_local');
  writeSysctl('net.ipv4.conf.lo.accept_local', 1, { netns });
  t.equal(readSysctl('net.ipv4.conf.lo.accept_local', { netns }), '1');
  t.equal(readSysctl('net.ipv4.conf.lo.accept_local'), here);
  t.end();
});

t.test('a device whose name has a dot is reached with slashes', t => {
  const { path: netns, socket } = scratchNetns(t);
  createVeth(socket, { name: 'a.100', peer: { name: 'b' } });
  writeSysctl('net/ipv4/conf/a.100/proxy_arp', 1, { netns });
  t.equal(readSysctl('net/ipv4/conf/a.100/proxy_arp', { netns }), '1');
  t.end();
});

t.test('an open namespace is as good as a path', t => {
  const { path } = scratchNetns(t);
  using netns = openNetns(path);
  writeSysctl('net.ipv4.ip_forward', 1, { netns });
  t.equal(readSysctl('net.ipv4.ip_forward', { netns: path }), '1');
  t.end();
});

t.test('what is not there is ENOENT, and what is refused names the value', t => {
  const { path: netns } = scratchNetns(t);
  t.throws(() => readSysctl('net.ipv4.no_such_thing', { netns }), { code: 'ENOENT' });
  t.throws(() => writeSysctl('net.ipv4.ip_forward', 'much', { netns }), {
    code: 'EINVAL',
    subject: 'net.ipv4.ip_forward = much',
  });
  t.end();
});

for (const name of ['', 'net..ipv4', '../../etc/passwd', 'net/../../../etc/passwd', '/etc/passwd', 'a\0b']) {
  t.test(`${JSON.stringify(name)} is refused as a name`, t => {
    t.throws(() => readSysctl(name), TypeError);
    t.end();
  });
}

t.test('the settings may be elsewhere', t => {
  const root = mkdtempSync(join(tmpdir(), 'proc-sys-'));
  mkdirSync(join(root, 'net/ipv4'), { recursive: true });
  writeFileSync(join(root, 'net/ipv4/ip_forward'), '0\n');
  setProcSys(root);
  t.teardown(() => {
    setProcSys('/proc/sys');
    rmSync(root, { recursive: true });
  });
  writeSysctl('net.ipv4.ip_forward', 1);
  t.equal(readFileSync(join(root, 'net/ipv4/ip_forward'), 'utf8'), '1\n');
  t.equal(readSysctl('net.ipv4.ip_forward'), '1');
  t.end();
});
