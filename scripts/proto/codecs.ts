// Message codecs that protobufjs generates from .proto files, adapted to what the bundles have.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pbjs from 'protobufjs-cli/pbjs.js';
import pbts from 'protobufjs-cli/pbts.js';

export interface CodecsOptions {
  /** Paths of .proto files; imports resolve below `includePath`. */
  readonly sources: readonly string[];
  readonly includePath: string;
  /** Path without `.js` and `.d.ts`. */
  readonly output: string;
  readonly header: string;
  /** Name of protobufjs's registry: two generated modules in one bundle do not share one. */
  readonly root: string;
  /** Full names of the messages to keep, with what they refer to; absent: all, and the services. */
  readonly messages?: readonly string[];
}

type Tool = (args: string[], callback: (error: Error | null, output?: string) => void) => unknown;

/** Codecs only: what is not called is not generated. */
const PBJS_OPTIONS = [
  ['--target', 'static-module', '--wrap', 'esm', '--dependency', 'protobufjs/minimal.js'],
  ['--no-create', '--no-verify', '--no-convert', '--no-delimited', '--no-typeurl', '--force-number'],
].flat();

/** pbts reads the types out of pbjs's comments, which the code that is checked in does without. */
export async function writeCodecs(options: CodecsOptions): Promise<void> {
  const { output, header } = options;
  const scratch = mkdtempSync(join(tmpdir(), 'heddle-codecs-'));
  try {
    const words = pbjsWords(options, scratch);
    const commented = join(scratch, 'commented.js');
    await run(pbjs.main, [...words, '--out', commented, ...options.sources]);
    const types = await run(pbts.main, ['--no-comments', commented]);
    const code = await run(pbjs.main, [...words, '--no-comments', ...options.sources]);
    writeFileSync(`${output}.js`, header + withNumbers(code.replace(/\n{3,}/g, '\n\n')));
    writeFileSync(`${output}.d.ts`, header + withoutLong(types));
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

function pbjsWords({ root, includePath, messages }: CodecsOptions, scratch: string): string[] {
  const words = [...PBJS_OPTIONS, '--root', root, '--path', includePath];
  if (messages === undefined) return words;
  const filter = join(scratch, 'filter.json');
  writeFileSync(filter, JSON.stringify({ messageNames: messages }));
  return [...words, '--no-service', '--filter', filter];
}

/** --force-number is about types alone; the reader makes a `Long` of 64 bits wherever it finds that package. */
function withNumbers(code: string): string {
  const importLine = 'import $protobuf from "protobufjs/minimal.js";\n';
  if (!code.includes(importLine)) throw new Error('pbjs imports its runtime in another way than expected');
  const plainNumbers = '$protobuf.util.Long = undefined;\n$protobuf.configure();\n';
  return code.replace(importLine, importLine + plainNumbers);
}

/** With --force-number no message has a `Long`, and the import would ask for one more package's types. */
function withoutLong(types: string): string {
  return types
    .replace('import Long = require("long");\n', '')
    .replaceAll('(number|Long|null)', '(number|null)');
}

function run(tool: Tool, args: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    tool(args, (error, output) => {
      if (error === null) resolve(output ?? '');
      else reject(error);
    });
  });
}
