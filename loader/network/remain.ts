// A piece of another network that was found on this node, and can go by itself.
import { messageOf } from '../errors.ts';

export interface Remain {
  readonly subject: string;
  readonly what: string;
  /** While it is there, Heddle cannot take its place: it has the UDP port, or the bridge's address. */
  readonly isInTheWay?: true;
  readonly remove: () => void | Promise<void>;
}

export interface Removal {
  /** What became of each. */
  readonly lines: readonly string[];
  /** Something that is in the way stays. */
  readonly isBlocked: boolean;
}

/** What cannot be removed keeps nothing else from going. */
export async function removeEach(remains: readonly Remain[]): Promise<Removal> {
  const lines: string[] = [];
  let isBlocked = false;
  for (const { subject, what, isInTheWay = false, remove } of remains)
    try {
      await remove();
      lines.push(`${subject}: removed (${what})`);
    } catch (error) {
      isBlocked ||= isInTheWay;
      lines.push(`${subject}: stays: ${messageOf(error)}`);
    }
  return { lines, isBlocked };
}
