// Flows that are over leave both tables, with no daemon anywhere: the timer's rounds free them, at any rate of coming.
import '../support/bpf/own-netns.ts';
import t from 'tap';
import { createDevices } from '../support/bpf/devices.ts';
import { FAR_HOST, FlowDriver } from '../support/bpf/flow-driver.ts';
import { until } from '../support/until.ts';

createDevices();
t.setTimeout(300_000);

/** A second for all that a flow waits for, but the life of a connection. */
const SECONDS = { ct_closed_s: 1, ct_reset_s: 1, ct_unassured_s: 1, ct_datagram_s: 1, ct_echo_s: 1 };
const LIVING = 8;
/** Longer than a closed connection is kept from one that needs its place. */
const LINGER_SECONDS = 2.5;
const COARSE_CLOCK_SECONDS = 0.1;

for (const [perSecond, flows] of [
  [5, 10],
  [50, 100],
  [5_000, 1_000],
] as const) {
  t.test(
    `${flows} connections and questions, ${perSecond} a second: none is left after its time`,
    async t => {
      using driver = new FlowDriver({ constants: SECONDS, rows: 8_192 });
      driver.fill();
      for (let port = 1; port <= LIVING; port++) driver.open(FAR_HOST, port);
      for (let port = 10_000; port < 10_000 + flows; port++) {
        driver.ask(port);
        driver.open(FAR_HOST, port);
        driver.close(FAR_HOST, port);
        if (perSecond < 1_000) await driver.pass(1 / perSecond);
      }
      const isWell = (): boolean => driver.rows('hd_ct') === LIVING && driver.rows('hd_ct_unassured') === 0;
      t.ok(await until(isWell), 'those that live are left, and no others');
      t.match(
        driver.aging(),
        { ringRows: LIVING, queueRows: 0, mapFull: 0n },
        'and the slots are free again',
      );
      t.strictSame(driver.shares(), { live: 2 * LIVING, ended: 0 }, 'each is charged to both of its ends');
      t.end();
    },
  );
}

t.test('other endings: reset, an answered datagram flow of many packets, one without an answer', async t => {
  using driver = new FlowDriver({ constants: SECONDS, rows: 1_024 });
  driver.fill();
  driver.open(FAR_HOST, 1);
  driver.toPod(FAR_HOST, 1, { flags: 'RST' });
  driver.ask(2, 5);
  driver.halfOpen(FAR_HOST, 3);
  driver.toPod(FAR_HOST, 4, { flags: 'SYN' });
  t.equal(driver.rows('hd_ct'), 2, 'the connection and the stream of datagrams are kept');
  t.ok(await until(() => driver.rows('hd_ct') + driver.rows('hd_ct_unassured') === 0), 'all are gone');
  t.end();
});

t.test('a half-open connection whose SYN is sent again has its time from then on', async t => {
  const seconds = 3;
  using driver = new FlowDriver({ constants: { ct_unassured_s: seconds }, rows: 16 });
  driver.fill();
  for (const port of [1, 2]) driver.toPod(FAR_HOST, port, { flags: 'SYN' });
  await driver.pass(seconds - 1);
  driver.toPod(FAR_HOST, 1, { flags: 'SYN' });
  const renewed = performance.now();
  t.ok(await until(() => driver.rows('hd_ct_unassured') === 0), 'both go');
  t.ok(performance.now() - renewed > (seconds - COARSE_CLOCK_SECONDS) * 1_000, 'the one not before its time');
});

t.test('a table full of closed connections takes new ones without waiting for their time', async t => {
  const ROWS = 64;
  using driver = new FlowDriver({ constants: { ct_closed_s: 3_600 }, rows: ROWS });
  driver.fill();
  const hosts = Array.from({ length: ROWS }, (_, index) => `198.18.0.${index + 1}`);
  const limit = Math.floor((ROWS / 4 + 1) * 1.5); // a pod's share, and what is reserved for hosts that have little
  for (const host of hosts) driver.open(host, 1_000);
  t.equal(driver.rows('hd_ct'), limit, 'as many as the pod may have');
  for (const host of hosts) driver.close(host, 1_000);
  await driver.pass(LINGER_SECONDS);
  for (let round = 0; round < 4; round++) for (const host of hosts) driver.open(host, 2_000 + round);
  t.equal(driver.rows('hd_ct'), limit, 'as many, and others');
  t.ok(driver.aging().overShare > 0n, 'what had no place is counted');
  t.end();
});
