// Whether a plugin that is not this build's reaches this daemon: asked as the runtime would, by STATUS.
import * as z from 'zod';
import { messageOf } from '../errors.ts';
import type { PluginVersions } from './plugin-versions.ts';
import { runCommand } from './run-command.ts';

/** The first with STATUS. */
const VERSION = '1.1.0';
const LIMIT_MS = 5_000;
/** What the daemon itself answers while a pod cannot be added (CNI specification 1.1.0, STATUS). */
const OF_DAEMON: ReadonlySet<number> = new Set([50, 51]);

const failure = z.looseObject({ code: z.number(), msg: z.string() });

/** Undefined: it does. A reason otherwise. */
export async function whyUnreachable(
  path: string,
  socket: string,
  versions: PluginVersions,
): Promise<string | undefined> {
  if (!(await versions.of(path)).includes(VERSION)) return `it does not answer VERSION with ${VERSION}`;
  const config = { cniVersion: VERSION, name: 'heddle', type: 'heddle-cni', socket, timeoutSeconds: 4 };
  try {
    const env = { CNI_COMMAND: 'STATUS' };
    const { status, stdout } = await runCommand([path], JSON.stringify(config), { limitMs: LIMIT_MS, env });
    return status === 0 ? undefined : refusalIn(stdout);
  } catch (error) {
    return messageOf(error);
  }
}

function refusalIn(stdout: string): string | undefined {
  const { data } = failure.safeParse(parsed(stdout));
  if (data === undefined) return 'it fails without an answer';
  return OF_DAEMON.has(data.code) ? undefined : data.msg;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
