// Structs as an interface and a layout, each once, those that others contain first.
import { emitInterface, type IntLayout, type Layout, type MemberLayout, type StructLayout } from 'libbpf-ts';
import { BRANDED, layoutName } from './abi-names.ts';
import type { DeclarationComments } from './header-comments.ts';

/** Collects what the emitted text refers to, so that every constant stands before its first use. */
export class LayoutEmitter {
  readonly #comments: ReadonlyMap<string, DeclarationComments>;
  readonly #scalars = new Map<string, string>();
  readonly #structs = new Map<string, string>();

  constructor(comments: readonly DeclarationComments[]) {
    this.#comments = new Map(
      comments.flatMap(entry => (entry.kind === 'struct' ? [[entry.name, entry]] : [])),
    );
  }

  /** An expression for the layout; what it names is emitted by `text`. */
  reference(layout: Layout): string {
    switch (layout.kind) {
      case 'int':
        return this.#scalar(layout);
      case 'array': {
        const { kind, name, size, length } = layout;
        const fields = JSON.stringify({ kind, name, size, length }).slice(1, -1);
        return `{ ${fields}, element: ${this.reference(layout.element)} }`;
      }
      case 'struct':
      case 'union':
        return layout.name === '' ? this.#literal(layout) : this.#struct(layout);
      default:
        return JSON.stringify(layout);
    }
  }

  text(): string {
    return [...this.#scalars.values(), ...this.#structs.values()].join('\n');
  }

  #scalar(layout: IntLayout): string {
    const name = layout.name.replace(/^_+/, '').replaceAll(' ', '_');
    this.#scalars.set(name, `const ${name}: IntLayout = ${JSON.stringify(layout)};`);
    return name;
  }

  #struct(layout: StructLayout): string {
    const constant = layoutName(layout.name);
    if (!this.#structs.has(constant)) {
      const literal = this.#literal(layout); // contained structs come before
      const declaration = `export const ${constant}: StructLayout = ${literal};`;
      this.#structs.set(constant, `\n${this.#interface(layout)}${declaration}`);
    }
    return constant;
  }

  #literal({ kind, name, size, members }: StructLayout): string {
    const fields = JSON.stringify({ kind, name, size }).slice(1, -1);
    return `{ ${fields}, members: [\n${members.map(member => this.#member(member)).join('\n')}\n] }`;
  }

  #member({ name, cName, offset, padding, layout }: MemberLayout): string {
    const fields = JSON.stringify({ name, cName, offset, padding }).slice(1, -1);
    return `{ ${fields}, layout: ${this.reference(layout)} },`;
  }

  #interface(layout: StructLayout): string {
    if (Object.hasOwn(BRANDED, layout.name)) return '';
    const comments = this.#comments.get(layout.name);
    const where = comments === undefined ? '' : ` (${comments.file})`;
    const docs = comments === undefined ? {} : { docs: comments.comments };
    return emitInterface(layout, { named: BRANDED, ...docs }, where);
  }
}
