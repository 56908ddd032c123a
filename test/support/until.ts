/** Comes back when the condition holds; it has five seconds for it, after which it is what failed. */
export async function until(condition: () => boolean): Promise<void> {
  const limit = Date.now() + 5_000;
  while (!condition() && Date.now() < limit) await new Promise((resolve) => setImmediate(resolve));
  expect(condition()).toBe(true);
}
