// Labels of an object, which selectors are compared with.

export type Labels = Readonly<Record<string, string>>;
