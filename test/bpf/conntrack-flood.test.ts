// What floods do to others: connections that are assured stay, new ones are still admitted and assured.
import '../support/bpf/own-netns.ts';
import t, { type Test } from 'tap';
import { createDevices } from '../support/bpf/devices.ts';
import { FAR_HOST, FlowDriver } from '../support/bpf/flow-driver.ts';

createDevices();
t.setTimeout(300_000);

const ROWS = 512;
const FLOOD = 4 * ROWS;
const VICTIM = FAR_HOST;
const VICTIMS = 16;

/** 65,536 addresses. */
function manyHosts(index: number): string {
  return `198.18.${(index >> 8) & 0xff}.${index & 0xff}`;
}

function holds(what: string, flood: (driver: FlowDriver, index: number) => void): void {
  t.test(`${what}: nobody's connection is cut, and new ones come about`, (t: Test) => {
    using driver = new FlowDriver({ rows: ROWS });
    driver.fill();
    for (let port = 1; port <= VICTIMS; port++) driver.open(VICTIM, port);
    t.equal(driver.kept(VICTIM), VICTIMS, 'all are kept before');
    for (let index = 0; index < FLOOD; index++) flood(driver, index);
    t.equal(driver.kept(VICTIM), VICTIMS, 'all are kept afterwards');
    for (let port = 101; port <= 100 + VICTIMS; port++) driver.open(VICTIM, port);
    t.equal(driver.kept(VICTIM), 2 * VICTIMS, 'and as many new ones');
    t.end();
  });
}

const PORT = (index: number): number => 1_024 + (index % 60_000);
const ATTACKER = '198.19.66.66';

holds('SYNs from one host', (driver, index) => driver.halfOpen(ATTACKER, PORT(index)));
holds('SYNs from many hosts', (driver, index) => driver.halfOpen(manyHosts(index), PORT(index)));
holds('SYNs, each with an ACK of any number', (driver, index) => {
  driver.halfOpen(manyHosts(index), PORT(index));
  driver.toPod(manyHosts(index), PORT(index), { flags: 'ACK', acknowledgement: (index * 7_919) >>> 0 });
});
holds('ACKs out of nothing, refused by the pod', (driver, index) => {
  for (let times = 0; times < 4; times++) {
    driver.toPod(manyHosts(index), PORT(index), { flags: 'ACK', acknowledgement: index });
    driver.fromPod(manyHosts(index), PORT(index), { flags: 'RST', sequence: index });
  }
});
holds('SYNs and SYN-ACKs sent again and again', (driver, index) => {
  if (index % 8 !== 0) return;
  for (let times = 0; times < 8; times++) driver.halfOpen(manyHosts(index), PORT(index));
});
holds('questions and their answers', (driver, index) => driver.ask(PORT(index), 2));
holds('whole connections of one host, which never close', (driver, index) =>
  driver.open(ATTACKER, PORT(index)),
);
holds('whole connections of one host, closed at once', (driver, index) => {
  driver.open(ATTACKER, PORT(index));
  driver.close(ATTACKER, PORT(index));
});
holds('whole connections of one host, reset, and taken back', (driver, index) => {
  driver.open(ATTACKER, PORT(index));
  driver.reset(ATTACKER, PORT(index));
  driver.toPod(ATTACKER, PORT(index), { flags: 'ACK' });
});
