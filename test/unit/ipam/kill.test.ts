import { spawn } from 'node:child_process';
import { writeSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { parseCidr } from 'ip';
import t from 'tap';
import { draft, opened, temporaryDirectory, wanting } from './request.ts';

/** The child is this file, started anew with a directory and a number that makes its containers' ids its own. */
const [, self = '', directory, generation] = process.argv;
const REPORT_FD = 3;
const KILLS = 12;
const ALIVE = 20;
/** A child is killed as it starts, one time of three, or behind so many addresses and up to as many again. */
const GIVEN_BEFORE_KILL = 20;

/** What the child says, each line before anything else happens: found, given, about to release. */
type Word = 'held' | 'gave' | 'frees';

function churn(stateDirectory: string, id: string): void {
  const ipam = opened({ directory: stateDirectory, restMs: 3_600_000 }, [parseCidr('10.0.0.0/16')]);
  const say = (word: Word, containerId: string, addresses: readonly string[]): void => {
    writeSync(REPORT_FD, `${word} ${containerId} ${addresses.join(' ')}\n`);
  };
  for (const { containerId, addresses } of ipam.attachments.values()) say('held', containerId, addresses);
  writeSync(REPORT_FD, 'ready\n');
  for (let i = 0; ; i++) {
    const given = ipam.allocate(draft(`${id}-${i}`), wanting());
    say('gave', given.containerId, given.addresses);
    ipam.attach(given);
    if (ipam.attachments.size < ALIVE) continue;
    for (const oldest of ipam.attachments.values()) {
      say('frees', oldest.containerId, oldest.addresses);
      ipam.release(oldest);
      break;
    }
  }
}

/** Kills a child at a moment nobody has chosen, once it has given so many addresses; answers its whole lines. */
async function killedChild(stateDirectory: string, id: number, addresses: number): Promise<string[]> {
  const child = spawn(process.execPath, [self, stateDirectory, String(id)], {
    stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
  });
  let said = '';
  for await (const chunk of child.stdio[REPORT_FD] as Readable) {
    said += String(chunk);
    if (said.split('\ngave ').length > addresses) child.kill('SIGKILL');
  }
  return said.split('\n').slice(0, -1);
}

/** What the children have said, and what of it cannot be. */
class Ledger {
  readonly violations: string[] = [];
  given = 0;
  readonly #owners = new Map<string, string>(); // of every address that was ever given
  readonly #freeing = new Set<string>();
  #alive = new Map<string, string>();
  #held = new Map<string, string>();

  begin(): void {
    this.#held = new Map();
  }

  read(line: string): void {
    const [word = '', id = '', addr = ''] = line.split(' ');
    if (word === 'ready') this.#compare();
    if (word === 'frees') this.#freeing.add(id);
    if (word === 'held') this.#held.set(id, addr);
    if (word === 'gave') {
      this.#alive.set(id, addr);
      this.given++;
    }
    if (word === 'held' || word === 'gave') this.#own(id, addr);
  }

  #own(id: string, addr: string): void {
    const owner = this.#owners.get(addr);
    if (owner !== undefined && owner !== id) this.violations.push(`${addr} of ${owner} was given to ${id}`);
    this.#owners.set(addr, id);
  }

  /** A release that was under way may have happened or not; everything else must have been found again. */
  #compare(): void {
    for (const [id, addr] of this.#alive)
      if (this.#held.get(id) !== addr && !this.#freeing.has(id))
        this.violations.push(`${addr} of ${id} was forgotten`);
    this.#alive = this.#held;
  }
}

async function parent(): Promise<void> {
  await t.test('killed at any point, again and again, no address is given twice', async t => {
    const stateDirectory = temporaryDirectory(t);
    const ledger = new Ledger();
    for (let kill = 0; kill < KILLS; kill++) {
      ledger.begin();
      const addresses = kill % 3 === 0 ? 0 : GIVEN_BEFORE_KILL * (1 + Math.random());
      for (const line of await killedChild(stateDirectory, kill, addresses)) ledger.read(line);
    }
    t.strictSame(ledger.violations, []);
    t.ok(ledger.given > 10 * KILLS, `${ledger.given} addresses were given between ${KILLS} kills`);
  });
}

if (directory !== undefined && generation !== undefined) churn(directory, generation);
else await parent();
