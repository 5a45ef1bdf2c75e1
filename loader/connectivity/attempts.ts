// Who reaches whom: questions that one host asks another, and a sentence for each that was not answered as it should be.
import { CLIENT } from './programs.ts';

/** `open`: TCP to a server of others. `stream`: to the echo server's second port. `name`: a name is resolved. */
export type AttemptProtocol = 'tcp' | 'udp' | 'icmp' | 'open' | 'stream' | 'name';

export interface Attempt<From extends Named = Named> {
  readonly from: From;
  /** An address; a name to resolve. */
  readonly to: string;
  readonly protocol: AttemptProtocol;
  /** The echo server's by default. */
  readonly port?: number;
  /** Address to send from; the kernel's choice without. */
  readonly source?: string;
  /** Of a datagram or a stream. */
  readonly bytes?: number;
  /** Of the name server; the host's own without. */
  readonly server?: string;
  /** Address that the other end must see (TCP, UDP); any without. */
  readonly seenAs?: string;
  /** No answer is right. */
  readonly mustFail?: true;
}

export interface Named {
  readonly name: string;
}

export interface RunOutcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** How a program is run inside a host. */
export interface HostAccess<From extends Named> {
  /** Node's executable there. */
  readonly node: string;
  readonly run: (from: From, argv: readonly string[], timeoutMs: number) => Promise<RunOutcome>;
}

export const ECHO_PORT = 7007;
export const STREAM_PORT = 7008;

/** Beside the answers' own time: until the client runs, and has ended. */
const START_MS = 60_000;
/** They are an argument, and with kubectl a part of a URL. */
const QUESTIONS_AT_ONCE = 200;

/** Makes all attempts, those of one host at once; undefined for each that went as it should, and a sentence for the others. */
export async function outcomesOf<From extends Named>(
  attempts: readonly Attempt<From>[],
  access: HostAccess<From>,
  withinMs: number,
): Promise<(string | undefined)[]> {
  const outcomes = new Map<Attempt<From>, string | undefined>();
  const askers = [...new Set(attempts.map(({ from }) => from))];
  const asked = askers.map(async from => {
    const own = attempts.filter(attempt => attempt.from === from);
    for (let at = 0; at < own.length; at += QUESTIONS_AT_ONCE) {
      const batch = own.slice(at, at + QUESTIONS_AT_ONCE);
      const answers = await askFrom(from, batch, access, withinMs);
      batch.forEach((attempt, i) => outcomes.set(attempt, judged(attempt, answers[i] ?? undefined)));
    }
  });
  await Promise.all(asked);
  return attempts.map(attempt => outcomes.get(attempt));
}

/** The sentences alone, sorted. */
export async function failuresOf<From extends Named>(
  attempts: readonly Attempt<From>[],
  access: HostAccess<From>,
  withinMs: number,
): Promise<string[]> {
  const outcomes = await outcomesOf(attempts, access, withinMs);
  return outcomes.filter(outcome => outcome !== undefined).sort();
}

export function describeAttempt({ from, to, protocol, source, bytes }: Attempt): string {
  const size = bytes === undefined ? '' : ` of ${bytes} bytes`;
  return `${from.name}${source === undefined ? '' : ` (${source})`} → ${to} ${protocol}${size}`;
}

async function askFrom<From extends Named>(
  from: From,
  attempts: readonly Attempt<From>[],
  { node, run }: HostAccess<From>,
  withinMs: number,
): Promise<(string | null)[]> {
  const questions = attempts.map(({ protocol, to, source, bytes, server, port }) => ({
    ...{ protocol, to, source, bytes, server },
    port: port ?? (protocol === 'stream' ? STREAM_PORT : ECHO_PORT),
  }));
  const argv = [node, '-e', CLIENT, JSON.stringify(questions), String(withinMs)];
  const { code, stdout, stderr } = await run(from, argv, withinMs + START_MS);
  if (code === 0) return JSON.parse(stdout) as (string | null)[];
  throw new Error(`the client in ${from.name} ended with ${code}: ${stderr.trim()}`);
}

function judged(attempt: Attempt, answer: string | undefined): string | undefined {
  const { mustFail, seenAs, protocol } = attempt;
  if (mustFail === true)
    return answer === undefined ? undefined : `${describeAttempt(attempt)}: answered, and must not be`;
  if (answer === undefined) return `${describeAttempt(attempt)}: no answer`;
  const isSeen = protocol === 'tcp' || protocol === 'udp';
  if (!isSeen || seenAs === undefined || seenAs === answer) return undefined;
  return `${describeAttempt(attempt)}: seen as ${answer}, not ${seenAs}`;
}
