/** A secret's place in an object: behind a function, so that an inspector or a log that is handed its owner shows none. */
export type Hidden<T> = () => T;

export function hidden<T>(secret: T): Hidden<T> {
  return () => secret;
}
