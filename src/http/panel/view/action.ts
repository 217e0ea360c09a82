/** A button. */
export interface Action {
  readonly label: string;
  /** With the address behind the label, since many rows have the same buttons. */
  readonly name: string;
  /** post: sends a form; open: opens a box in place; go: another page of the panel; leave: a page of the forge. */
  readonly kind: 'post' | 'open' | 'go' | 'leave';
  readonly href: string;
  readonly look: 'primary' | 'plain' | 'red';
  /** For `open`: whether the box stands open. */
  readonly expanded: boolean;
  /** Sent with a post. */
  readonly fields: Readonly<Record<string, string>>;
}

export function action(
  kind: Action['kind'],
  label: string,
  href: string,
  more: {
    readonly of?: string;
    readonly look?: Action['look'];
    readonly expanded?: boolean;
    readonly fields?: Action['fields'];
  } = {},
): Action {
  return {
    label,
    name: more.of === undefined ? label : `${label}, ${more.of}`,
    kind,
    href,
    look: more.look ?? 'plain',
    expanded: more.expanded ?? false,
    fields: more.fields ?? {},
  };
}
