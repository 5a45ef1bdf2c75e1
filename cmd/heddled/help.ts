// The text of `heddled --help`: one line for each setting, from the table of settings.
import { configKeys } from '../../loader/config/keys.ts';

const SIGNALS = {
  'SIGTERM, SIGINT, SIGQUIT': 'Stop; traffic goes on. A second one ends the process at once',
  SIGHUP: 'Read the configuration again: log.level changes, other settings wait for a restart',
  'SIGUSR1, SIGUSR2, SIGALRM …': 'Ignored, with a line in the log',
} as const;

export function helpText(): string {
  const width = Math.max(...configKeys.map(({ flag }) => flag.length));
  return [
    'Usage: heddled [--config FILE] [SETTING…]',
    '',
    'Runs the network of this node. Flags take precedence over HEDDLE_* variables, those over the file, and the file over defaults.',
    '',
    `  ${'--config'.padEnd(width)}  The configuration file; default /etc/heddle/heddled.yaml`,
    `  ${'--print-config'.padEnd(width)}  Print every setting with the origin of its value, as JSON`,
    `  ${'--version'.padEnd(width)}  Print the version`,
    '',
    ...configKeys.map(
      ({ flag, help, expects, defaultText }) =>
        `  ${flag.padEnd(width)}  ${help}: ${expects} (${defaultText.replaceAll('`', '')})`,
    ),
    '',
    ...Object.entries(SIGNALS).map(([signal, effect]) => `  ${signal.padEnd(width)}  ${effect}`),
  ].join('\n');
}
