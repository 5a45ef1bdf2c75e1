// A piece of another network that was found on this node, and can go by itself.

export interface Remain {
  readonly subject: string;
  readonly what: string;
  readonly remove: () => void | Promise<void>;
}
