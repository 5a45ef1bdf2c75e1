// Values of the secrets that this node's configuration leads to, so that they can be found wherever they have come to.
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod';
import type { Config } from '../../../loader/config.ts';
import { secretsIn } from './redact.ts';

const SERVICE_ACCOUNT_TOKEN = '/var/run/secrets/kubernetes.io/serviceaccount/token';

const KUBECONFIG = z.object({
  users: z.array(
    z.object({ user: z.object({ tokenFile: z.string().optional(), 'client-key': z.string().optional() }) }),
  ),
});

/** `documents`: texts of configuration files. What cannot be read has nothing to give away. */
export function knownSecrets(config: Config | undefined, documents: readonly string[]): string[] {
  const files = [SERVICE_ACCOUNT_TOKEN, ...(config === undefined ? [] : secretFiles(config))];
  return [...files.flatMap(path => secretLines(readOrNothing(path))), ...documents.flatMap(secretsIn)];
}

function secretFiles({ source: { etcd, kubeconfig } }: Config): string[] {
  const named = [etcd.passwordFile, etcd.keyFile].filter(path => path !== '');
  return [...named, ...(kubeconfig === '' ? [] : kubeconfigFiles(kubeconfig))];
}

/** Its relative paths are relative to it. */
function kubeconfigFiles(path: string): string[] {
  const { data } = KUBECONFIG.safeParse(parsed(readOrNothing(path)));
  const named = data?.users.flatMap(({ user }) => [user.tokenFile, user['client-key']]) ?? [];
  return named.flatMap(file => (file === undefined ? [] : [resolve(dirname(path), file)]));
}

/** Each line of a key by itself: a log may have wrapped or cut it. */
function secretLines(text: string): string[] {
  return text.split('\n').filter(line => line !== '' && !line.startsWith('-----'));
}

function parsed(text: string): unknown {
  try {
    return parse(text);
  } catch {
    return undefined; // the daemon says what is wrong with it
  }
}

function readOrNothing(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
