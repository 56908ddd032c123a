/** Where an object keeps a secret: behind a function, so that an inspector or a log that is handed it shows none. */
export type Hidden<T> = () => T;

export function hidden<T>(secret: T): Hidden<T> {
  return () => secret;
}
