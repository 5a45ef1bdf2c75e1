// The three forms of PATCH that the stand-in understands, as the API server applies them to a Node.
import { isDeepStrictEqual } from 'node:util';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };
type JsonObject = { readonly [name: string]: Json };

interface Operation {
  readonly op: 'test' | 'remove' | 'replace' | 'add';
  readonly path: string;
  readonly value?: Json;
}

/** Undefined: the patch does not fit the object, which the server answers with 422. */
export function patched(object: JsonObject, type: string, patch: Json): JsonObject | undefined {
  if (type === 'application/merge-patch+json') return merged(object, patch) as JsonObject;
  if (type === 'application/strategic-merge-patch+json') return withConditions(object, patch as JsonObject);
  if (type !== 'application/json-patch+json') return undefined;
  const copy = structuredClone(object);
  const fits = (patch as unknown as readonly Operation[]).every(operation => apply(copy, operation));
  return fits ? copy : undefined;
}

/** RFC 7386. */
function merged(target: Json | undefined, patch: Json): Json {
  if (!isObject(patch)) return patch;
  const result: Record<string, Json> = isObject(target) ? { ...target } : {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) Reflect.deleteProperty(result, name);
    else result[name] = merged(result[name], value);
  }
  return result;
}

/** `status.conditions` has `type` as its merge key; `$patch: delete` removes the element. */
function withConditions(object: JsonObject, patch: JsonObject): JsonObject {
  const status = isObject(object['status']) ? object['status'] : {};
  const given = conditionsOf(patch['status']);
  const types = new Set(given.map(condition => condition['type']));
  const others = conditionsOf(status).filter(condition => !types.has(condition['type']));
  return {
    ...object,
    status: { ...status, conditions: [...others, ...given.filter(one => one['$patch'] !== 'delete')] },
  };
}

function conditionsOf(status: Json | undefined): readonly JsonObject[] {
  const conditions = isObject(status) ? status['conditions'] : undefined;
  return Array.isArray(conditions) ? conditions.filter(isObject) : [];
}

/** RFC 6902, as far as it is needed; whether it could be applied. */
function apply(object: JsonObject, { op, path, value }: Operation): boolean {
  const steps = path.split('/').slice(1);
  const last = steps.pop() ?? '';
  const parent = steps.reduce<unknown>(
    (part, step) => (part as Record<string, unknown> | undefined)?.[step],
    object,
  );
  if (typeof parent !== 'object' || parent === null) return false;
  if (op === 'add') {
    if (Array.isArray(parent))
      parent.push(value); // '-' alone is needed
    else (parent as Record<string, unknown>)[last] = value;
    return true;
  }
  if (!(last in parent)) return false;
  if (op === 'test') return isDeepStrictEqual((parent as Record<string, unknown>)[last], value);
  if (op !== 'remove') return false;
  if (Array.isArray(parent)) parent.splice(Number(last), 1);
  else Reflect.deleteProperty(parent, last);
  return true;
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
