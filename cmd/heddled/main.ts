#!/usr/bin/env -S PATH=/usr/lib/heddle/node/bin:${PATH} node --max-semi-space-size=2
// heddled: reads the configuration and runs the agent until SIGINT or SIGTERM.
import './optimise-late.ts';
import { setProcSys } from 'rtnetlink';
import { Agent } from '../../loader/agent/agent.ts';
import { loadConfigWithOrigins } from '../../loader/config.ts';
import { readIfThere } from '../../loader/config/read-if-there.ts';
import { printable } from '../../loader/config/printable.ts';
import { RefusedConfig } from '../../loader/errors.ts';
import { VERSION } from '../../loader/version.ts';
import { createLogger } from './logger.ts';
import { helpText } from './help.ts';
import { logWarnings } from './node-warnings.ts';
import { handleProcessEvents } from './process-events.ts';
import { reload } from './reload.ts';

type LoadedConfig = ReturnType<typeof loadConfigWithOrigins>;

/** heddlectl's, too: docs/operating.md. */
const EXIT = { failed: 1, refused: 2 } as const;

async function main(argv: readonly string[]): Promise<void> {
  if (argv.includes('--help')) print(helpText());
  else if (argv.includes('--version')) print(`heddled ${VERSION}`);
  else await configured(argv);
}

async function configured(argv: readonly string[]): Promise<void> {
  const loaded = load(argv);
  const { settings, warnings } = loaded;
  if (argv.includes('--print-config')) {
    for (const warning of warnings) process.stderr.write(`heddled: ${warning}\n`);
    print(JSON.stringify(settings, undefined, 2));
  } else await run(argv, loaded);
}

function load(argv: readonly string[]): LoadedConfig {
  const words = argv.filter(word => word !== '--print-config');
  return loadConfigWithOrigins({ argv: words, env: process.env, readFile: readIfThere });
}

async function run(argv: readonly string[], { config, warnings }: LoadedConfig): Promise<void> {
  const logger = createLogger(config);
  logWarnings(logger);
  for (const warning of warnings) logger.warn(warning);
  setProcSys(config.procSys);
  const agent = new Agent({ config, logger });
  const stopping = new AbortController();
  handleProcessEvents({
    logger,
    stop: () => {
      stopping.abort();
      return agent.stop();
    },
    reload: () => reload(logger, config, () => load(argv)),
  });
  try {
    await agent.start();
  } catch (error) {
    if (stopping.signal.aborted) return; // it was interrupted, and `stop` ends the process
    await agent.stop();
    throw error;
  }
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

function exitCodeOf(error: unknown): number {
  return error instanceof RefusedConfig ? EXIT.refused : EXIT.failed;
}

/** An error with a code is expected: its message is enough. Any other is a bug: print its stack. */
function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return 'code' in error ? error.message : (error.stack ?? error.message);
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  for (const line of printable(explain(error)).split('\n')) process.stderr.write(`heddled: ${line}\n`);
  process.exit(exitCodeOf(error));
}
