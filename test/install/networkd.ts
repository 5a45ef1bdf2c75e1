// A systemd-networkd whose configuration matches every device but the uplink, as catch-alls of images do: it takes what it did not make for
// leftovers and removes addresses and routes (bottlerocket #3436, kube-router #1815, flatcar #620). Pods must not notice, and it comes back.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { until } from '../support/until.ts';
import type { Machine } from './machine.ts';
import { lostDuring, type Pod } from './pods.ts';

const CONFIGURATION = '/etc/systemd/network/10-every-device.network';
const EVERY_DEVICE = '[Match]\nName=!eth0 !lo\n\n[Network]\nDHCP=yes\nConfigureWithoutCarrier=yes\n';
/** Where /sys can be written it waits for udev to announce devices, and there is no udev in here. */
const DROP_IN = '/run/systemd/system/systemd-networkd.service.d';
/** What networkd leaves of its own. */
const LEFT = 'net.ipv4.conf.lo.promote_secondaries=0 net.ipv6.conf.lo.addr_gen_mode=0';
const UNITS = 'systemd-networkd.socket systemd-networkd.service';
/** What the daemon has made of the machine's own network; networkd gives the device a link-local address more. */
const LOOK =
  'ip route show proto 104; ip -6 route show proto 104; ip -br -4 address show dev heddle0; ip -6 -o address show dev heddle0 scope global';

/** networkctl would ask a bus, which a smallest Debian has not. */
const STATE = `sed -n 's/^ADMIN_STATE=//p' "/run/systemd/netif/links/$(ip -o link show dev heddle0 | cut -d: -f1)"`;

export async function playNetworkd(machine: Machine, pods: readonly [Pod, Pod]): Promise<string> {
  const before = await machine.run(LOOK);
  const path = machine.path(CONFIGURATION);
  try {
    const { sent, lost } = await lostDuring(pods, async () => {
      writeFileSync(path, EVERY_DEVICE);
      mkdirSync(machine.path(DROP_IN), { recursive: true });
      writeFileSync(machine.path(`${DROP_IN}/no-udev.conf`), '[Service]\nReadOnlyPaths=/sys\n');
      await machine.run('systemctl daemon-reload');
      await machine.run('systemctl start systemd-networkd');
      await machine.run('systemctl restart systemd-networkd');
      const isTaken = async (): Promise<boolean> => /^(?:configur|fail)/.test(await machine.run(STATE));
      if (!(await until(isTaken)))
        throw new Error(`heddle0 is ${await machine.run(STATE)} to systemd-networkd`);
      const isBack = async (): Promise<boolean> => (await machine.run(LOOK)) === before;
      if (!(await until(isBack))) throw new Error(`was:\n${before}is:\n${await machine.run(LOOK)}`);
      await machine.run('heddlectl status --wait=60s');
    });
    if (lost > 0) throw new Error(`${lost} of ${sent} pings lost`);
    return `${lost} of ${sent} pings lost`;
  } finally {
    rmSync(path, { force: true });
    await machine.run(
      `systemctl stop ${UNITS}; rm -r ${DROP_IN}; systemctl daemon-reload; sysctl -qw ${LEFT}`,
    );
  }
}
