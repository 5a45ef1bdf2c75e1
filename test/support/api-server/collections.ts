// The stand-in's objects: collections with one version for all, their history for watches, and lists cut into pages.

export interface StoredObject {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly resourceVersion?: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
}

export type EventType = 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';

export interface StoredEvent {
  readonly path: string;
  readonly version: number;
  readonly type: EventType;
  readonly object: unknown;
}

export interface Page {
  readonly metadata: {
    readonly resourceVersion: string;
    readonly continue?: string;
    /** Behind this page. */
    readonly remainingItemCount?: number;
  };
  /** Without kind and apiVersion, as the real server leaves them out. */
  readonly items: readonly unknown[];
}

export interface Backup {
  readonly version: number;
  readonly objects: ReadonlyMap<string, ReadonlyMap<string, StoredObject>>;
}

/** By the path of a collection; the real server's own table, not read from Heddle's. */
export const KINDS: Readonly<Record<string, string>> = {
  '/api/v1/nodes': 'Node',
  '/api/v1/namespaces': 'Namespace',
  '/api/v1/pods': 'Pod',
  '/api/v1/services': 'Service',
  '/apis/discovery.k8s.io/v1/endpointslices': 'EndpointSlice',
  '/apis/networking.k8s.io/v1/networkpolicies': 'NetworkPolicy',
  '/apis/policy.networking.k8s.io/v1alpha2/clusternetworkpolicies': 'ClusterNetworkPolicy',
};

export class Collections {
  readonly #objects = new Map<string, Map<string, StoredObject>>();
  readonly #snapshots = new Map<string, readonly StoredObject[]>();
  #history: StoredEvent[] = [];
  #version = 100;
  #oldest = 0;
  /** Called for every change. */
  onEvent: (event: StoredEvent) => void = () => undefined;

  get version(): number {
    return this.#version;
  }

  /** Answers it with its version; a uid is given to one that comes without. */
  put(object: StoredObject): StoredObject {
    const [path, key] = placeOf(object);
    const held = this.#collection(path).get(key);
    const version = ++this.#version;
    const uid = object.metadata.uid ?? held?.metadata.uid ?? `uid-${version}`;
    const stored = { ...object, metadata: { ...object.metadata, uid, resourceVersion: String(version) } };
    this.#collection(path).set(key, stored);
    this.#note({ path, version, type: held === undefined ? 'ADDED' : 'MODIFIED', object: stored });
    return stored;
  }

  remove(object: StoredObject): void {
    const [path, key] = placeOf(object);
    const held = this.#collection(path).get(key);
    if (held === undefined || !this.#collection(path).delete(key)) return;
    const version = ++this.#version;
    const metadata = { ...held.metadata, resourceVersion: String(version) };
    this.#note({ path, version, type: 'DELETED', object: { ...held, metadata } });
  }

  get(path: string, name: string): StoredObject | undefined {
    return this.#collection(path).get(`/${name}`);
  }

  /** Watches with an older version must list again. */
  compact(): void {
    this.#history = [];
    this.#oldest = this.#version;
    this.#snapshots.clear();
  }

  /** A token with which a list whose moment is over goes on at the present one. */
  freshToken(path: string, token: string): string {
    this.#snapshots.set(`${path}@${this.#version}`, [...this.#collection(path).values()]);
    return `${this.#version}:${token.split(':')[1] ?? 0}`;
  }

  /** For `restore`. */
  backup(): Backup {
    const objects = [...this.#objects].map(([path, held]) => [path, new Map(held)] as const);
    return { version: this.#version, objects: new Map(objects) };
  }

  /** As from a backup of etcd: objects and versions are those of then, and nothing is known of the time between. */
  restore({ version, objects }: Backup): void {
    this.#objects.clear();
    for (const [path, held] of objects) this.#objects.set(path, new Map(held));
    this.#version = version;
    this.#history = [];
    this.#oldest = version;
    this.#snapshots.clear();
  }

  /** Undefined: the page's moment, or the watch's, is no longer known. */
  page(path: string, limit: number, token: string | undefined): Page | undefined {
    const [version, offset] = (token ?? `${this.#version}:0`).split(':').map(Number);
    if (version === undefined || offset === undefined) return undefined;
    const snapshot = `${path}@${version}`;
    if (token === undefined) this.#snapshots.set(snapshot, [...this.#collection(path).values()]);
    const all = this.#snapshots.get(snapshot);
    if (all === undefined) return undefined;
    const end = offset + limit;
    const items = all
      .slice(offset, end)
      .map(object => ({ ...object, kind: undefined, apiVersion: undefined }));
    const remainingItemCount = all.length - end;
    const more = remainingItemCount > 0 ? { continue: `${version}:${end}`, remainingItemCount } : {};
    return { metadata: { resourceVersion: String(version), ...more }, items };
  }

  since(path: string, version: number): readonly StoredEvent[] | undefined {
    if (version < this.#oldest) return undefined;
    return this.#history.filter(event => event.path === path && event.version > version);
  }

  #collection(path: string): Map<string, StoredObject> {
    const found = this.#objects.get(path) ?? new Map<string, StoredObject>();
    this.#objects.set(path, found);
    return found;
  }

  #note(event: StoredEvent): void {
    this.#history.push(event);
    this.onEvent(event);
  }
}

function placeOf({ kind, metadata }: StoredObject): [path: string, key: string] {
  const path = Object.keys(KINDS).find(each => KINDS[each] === kind);
  if (path === undefined) throw new TypeError(`the stand-in keeps no ${kind}`);
  return [path, `${metadata.namespace ?? ''}/${metadata.name}`];
}
