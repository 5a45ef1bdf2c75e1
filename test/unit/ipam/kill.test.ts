import { spawn } from 'node:child_process';
import { writeSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { parseCidr } from 'ip';
import { draft, opened, temporaryDirectory, requesting } from './request.ts';
import t from 'tap';

/** The child is this file, started anew with a directory and a number that makes its containers' ids its own. */
const [, self = '', directory, generation] = process.argv;
const REPORT_FD = 3;
const KILLS = 12;
const ALIVE = 20;
/** One child of three is killed as it starts, the others after this many allocations and up to as many again. */
const ALLOCATED_BEFORE_KILL = 20;

/** What a line of the child reports; it is written before the child continues. */
type Report = 'found' | 'allocated' | 'releasing';

function churn(stateDirectory: string, id: string): void {
  const ipam = opened({ directory: stateDirectory, reuseDelayMs: 3_600_000 }, [parseCidr('10.0.0.0/16')]);
  const say = (report: Report, containerId: string, addresses: readonly string[]): void => {
    writeSync(REPORT_FD, `${report} ${containerId} ${addresses.join(' ')}\n`);
  };
  for (const { containerId, addresses } of ipam.attachments.values()) say('found', containerId, addresses);
  writeSync(REPORT_FD, 'ready\n');
  for (let i = 0; ; i++) {
    const attachment = ipam.allocate(draft(`${id}-${i}`), requesting());
    say('allocated', attachment.containerId, attachment.addresses);
    ipam.attach(attachment);
    if (ipam.attachments.size < ALIVE) continue;
    for (const oldest of ipam.attachments.values()) {
      say('releasing', oldest.containerId, oldest.addresses);
      ipam.release(oldest);
      break;
    }
  }
}

/** Kills a child at an arbitrary moment after so many allocations; returns its complete lines. */
async function killedChild(stateDirectory: string, id: number, addresses: number): Promise<string[]> {
  const child = spawn(process.execPath, [self, stateDirectory, String(id)], {
    stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
  });
  let said = '';
  for await (const chunk of child.stdio[REPORT_FD] as Readable) {
    said += String(chunk);
    if (said.split('\nallocated ').length > addresses) child.kill('SIGKILL');
  }
  return said.split('\n').slice(0, -1);
}

/** Collects the reports of all children and finds contradictions. */
class Ledger {
  readonly violations: string[] = [];
  allocated = 0;
  readonly #owners = new Map<string, string>(); // of every address that was ever allocated
  readonly #releasing = new Set<string>();
  #alive = new Map<string, string>();
  #found = new Map<string, string>();

  begin(): void {
    this.#found = new Map();
  }

  read(line: string): void {
    const [report = '', id = '', addr = ''] = line.split(' ');
    if (report === 'ready') this.#compare();
    if (report === 'releasing') this.#releasing.add(id);
    if (report === 'found') this.#found.set(id, addr);
    if (report === 'allocated') {
      this.#alive.set(id, addr);
      this.allocated++;
    }
    if (report === 'found' || report === 'allocated') this.#own(id, addr);
  }

  #own(id: string, addr: string): void {
    const owner = this.#owners.get(addr);
    if (owner !== undefined && owner !== id)
      this.violations.push(`${addr} of ${owner} was allocated to ${id}`);
    this.#owners.set(addr, id);
  }

  /** A release in progress may have happened or not; every other attachment must have been found again. */
  #compare(): void {
    for (const [id, addr] of this.#alive)
      if (this.#found.get(id) !== addr && !this.#releasing.has(id))
        this.violations.push(`${addr} of ${id} was lost`);
    this.#alive = this.#found;
  }
}

async function parent(): Promise<void> {
  await t.test('killed at any point, again and again, no address is allocated twice', async t => {
    const stateDirectory = temporaryDirectory(t);
    const ledger = new Ledger();
    for (let kill = 0; kill < KILLS; kill++) {
      ledger.begin();
      const addresses = kill % 3 === 0 ? 0 : ALLOCATED_BEFORE_KILL * (1 + Math.random());
      for (const line of await killedChild(stateDirectory, kill, addresses)) ledger.read(line);
    }
    t.strictSame(ledger.violations, []);
    t.ok(
      ledger.allocated > 10 * KILLS,
      `${ledger.allocated} addresses were allocated between ${KILLS} kills`,
    );
  });
}

if (directory !== undefined && generation !== undefined) churn(directory, generation);
else await parent();
