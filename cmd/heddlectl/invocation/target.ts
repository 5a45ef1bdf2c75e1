// The install that a command inspects: this machine's, one with another configuration, a lab's node, or only pins.
import { setProcSys } from 'rtnetlink';
import { nodeNamed, type Lab } from '../../../lab/lab.ts';
import { findLab, listLabs } from '../../../lab/registry.ts';
import { loadConfig, type Config } from '../../../loader/config.ts';
import { readIfThere } from '../../../loader/config/read-if-there.ts';
import { labAdvice } from './lab-advice.ts';
import { UsageError } from './usage-error.ts';

export interface TargetFlags {
  readonly config?: string;
  readonly pinRoot?: string;
  readonly lab?: string;
  readonly node?: string;
}

export interface Target {
  readonly pinRoot: string;
  /** Configuration of the daemon; undefined with --pin-root. */
  readonly config: Config | undefined;
  /** Its file, if one was named. */
  readonly configFile?: string;
  /** Path of the node's network namespace; undefined: this process's own. */
  readonly netns: string | undefined;
}

/** Throws `UsageError` for options that exclude each other or name nothing. */
export function resolveTarget(flags: TargetFlags): Target {
  const named = [flags.config, flags.pinRoot, flags.lab].filter(flag => flag !== undefined);
  if (named.length > 1) throw new UsageError('--config, --pin-root and --lab exclude each other: use one');
  if (flags.lab !== undefined) return labTarget(labNamed(flags.lab), flags.node);
  if (flags.node !== undefined)
    throw new UsageError(`--node is a node of a lab: ${labAdvice() ?? 'add --lab'}`);
  if (flags.pinRoot !== undefined) return { pinRoot: flags.pinRoot, config: undefined, netns: undefined };
  const config = readConfig(flags.config === undefined ? [] : ['--config', flags.config], process.env);
  setProcSys(config.procSys);
  const configFile = flags.config ?? process.env['HEDDLE_CONFIG'];
  return {
    pinRoot: config.pinRoot,
    config,
    netns: undefined,
    ...(configFile !== undefined && { configFile }),
  };
}

/** Throws `UsageError` for a target without a configuration. */
export function requireConfig({ config }: Target, command: string): Config {
  if (config !== undefined) return config;
  throw new UsageError(`'${command}' needs a configuration: use --config or --lab in place of --pin-root`);
}

export function labNamed(name: string): Lab {
  const lab = findLab(name);
  if (lab === undefined) throw noSuchLab(name);
  return lab;
}

export function noSuchLab(name: string): UsageError {
  const names = listLabs().map(one => one.options.name);
  const hint = names.length === 0 ? "'heddlectl lab up' creates one" : `labs are ${names.join(', ')}`;
  return new UsageError(`no lab is named '${name}': ${hint}`);
}

function labTarget(lab: Lab, nodeName: string | undefined): Target {
  const only = lab.nodes.length === 1 ? lab.nodes[0]?.name : undefined;
  const name = nodeName ?? only;
  if (name === undefined) {
    const names = lab.nodes.map(node => node.name).join(', ');
    throw new UsageError(`lab ${lab.options.name} has several nodes: add --node with one of ${names}`);
  }
  const node = nodeNamed(lab, name);
  const config = readConfig(['--config', node.configFile], {});
  return { pinRoot: node.pinRoot, config, netns: node.netns, configFile: node.configFile };
}

function readConfig(argv: readonly string[], env: NodeJS.ProcessEnv): Config {
  return loadConfig({ argv, env, readFile: readIfThere });
}
