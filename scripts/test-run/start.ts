// How a test file's process begins: in a network namespace of its own if the file asks for one.
import { readFileSync } from 'node:fs';
import { OWN_NETNS_MARK } from '../../test/support/bpf/own-netns-mark.ts';
import { bundleOf } from '../test-suites.ts';

const ASKS_FOR_NETNS = /^import '[./]+support\/bpf\/own-netns\.ts';$/m;

export interface Start {
  readonly command: string;
  readonly args: readonly string[];
  /** Beside that of all test files. */
  readonly environment: Readonly<Record<string, string>>;
}

/** `source`: the test file's text. It would start itself anew in the namespace, and so load all that it is made of twice. */
export function startOf(file: string, source = readFileSync(file, 'utf8')): Start {
  const args = ['--enable-source-maps', bundleOf(file)];
  if (!ASKS_FOR_NETNS.test(source)) return { command: process.execPath, args, environment: {} };
  return {
    command: 'unshare', // becomes the test: no process more
    args: ['--net', process.execPath, ...args],
    environment: { [OWN_NETNS_MARK]: '1' },
  };
}
