// The kinds of sources with the settings of each.
//
// A kind that is added to `SourceKind` does not compile before it has a row here and is opened in
// `loader/agent/open-source.ts` (decision 23). Its settings are in the file, flags and documentation by that.
import { join } from 'node:path';
import * as z from 'zod';
import * as form from './forms.ts';
import { setting } from './setting.ts';

export type SourceKind = 'manifests' | 'kubernetes' | 'etcd';

interface SourceSpec<Settings extends z.ZodRawShape = z.ZodRawShape> {
  /** Keys below `source.` that no other kind has. */
  readonly settings: Settings;
  /** Where it reads from, as `heddlectl status` shows it. */
  readonly describe: (settings: z.infer<z.ZodObject<Settings>>) => string;
}

const etcd = z
  .strictObject({
    endpoints: setting(form.etcdEndpoints.default('http://127.0.0.1:2379'), {
      help: 'Where etcd listens, one or several with commas between them',
      expects: 'http://host:port or https://host:port, with commas between several',
    }),
    prefix: setting(form.keyPrefix.default('/heddle'), {
      help: 'Prefix of all keys of the cluster in etcd',
      expects: 'a path such as /heddle, without a / at its end',
    }),
    caFile: setting(form.optionalPath.default(''), {
      help: 'PEM file of the CA that signs the certificate of etcd, for https',
      expects: form.PATH,
      defaultText: 'none',
    }),
    certFile: setting(form.optionalPath.default(''), {
      help: 'PEM file of the client certificate for etcd',
      expects: form.PATH,
      defaultText: 'none',
    }),
    keyFile: setting(form.optionalPath.default(''), {
      help: 'PEM file of the private key of certFile',
      expects: form.PATH,
      defaultText: 'none',
    }),
    username: setting(z.string().default(''), {
      help: 'User of etcd, where it has authentication',
      expects: 'a user name',
      defaultText: 'none',
    }),
    passwordFile: setting(form.optionalPath.default(''), {
      help: 'File that contains the password of that user',
      expects: form.PATH,
      defaultText: 'none',
    }),
    leaseSeconds: setting(z.int().min(5).max(3_600).default(30), {
      help: 'TTL of the etcd lease of a node; when it expires the node is shown as disconnected, and its traffic goes on',
      expects: 'whole seconds, 5 to 3600',
    }),
  })
  .prefault({});

const SOURCE_KINDS = {
  manifests: spec({
    settings: {
      directory: setting(form.absolutePath.default('/etc/heddle/manifests'), {
        help: 'Directory of YAML files that the manifests source watches',
        expects: form.PATH,
      }),
    },
    describe: ({ directory }) => `files in ${directory}`,
  }),
  kubernetes: spec({
    settings: {
      kubeconfig: setting(form.optionalPath.default(''), {
        help: 'File that names the API server of the kubernetes source',
        expects: form.PATH,
        defaultText: "none: the pod's own service account",
      }),
    },
    describe: ({ kubeconfig }) =>
      kubeconfig === ''
        ? "the API server of the pod's own cluster"
        : `the API server that ${kubeconfig} names`,
  }),
  etcd: spec({
    settings: { etcd },
    describe: ({ etcd: { endpoints, prefix } }) => `${endpoints}, below ${prefix}`,
  }),
} satisfies Record<SourceKind, unknown>;

type Specs = typeof SOURCE_KINDS;
type Intersection<U> = (U extends unknown ? (each: U) => void : never) extends (all: infer I) => void
  ? I
  : never;
type SourceSettings = Intersection<Specs[keyof Specs]['settings']>;

export const sourceKinds = Object.keys(SOURCE_KINDS) as readonly SourceKind[];

/** Of all kinds: a node may be configured for one and try another. */
export const sourceSettings = Object.assign(
  {},
  ...Object.values(SOURCE_KINDS).map(({ settings }) => settings),
) as SourceSettings;

/** File that keeps what broken objects said before they broke: one a kind, since they name their documents differently. */
export function lastGoodPath(stateDir: string, kind: SourceKind): string {
  return join(stateDir, `${kind}.json`);
}

/** 'etcd: http://127.0.0.1:2379, below /heddle'. */
export function sourceText(
  source: { readonly kind: SourceKind } & z.infer<z.ZodObject<SourceSettings>>,
): string {
  return `${source.kind}: ${SOURCE_KINDS[source.kind].describe(source)}`;
}

function spec<Settings extends z.ZodRawShape>(row: SourceSpec<Settings>): SourceSpec<Settings> {
  return row;
}
