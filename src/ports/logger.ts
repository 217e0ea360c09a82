/** Structured log: a fixed sentence and fields. Never a secret, never text from strangers in the sentence. */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
  /** A logger whose every line carries these fields. */
  child(fields: object): Logger;
}
