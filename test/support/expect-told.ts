/** What a person is told: a code that never changes, one sentence, and what to do. */
export function expectTold(fault: unknown, code: string): void {
  expect(fault).toEqual({
    code,
    class: expect.stringMatching(/^[a-z_]+$/),
    message: expect.stringMatching(/^[A-Z].*\.$/),
    advice: expect.stringMatching(/^[A-Z].*\.$/),
  });
  const { message, advice } = fault as { message: string; advice: string };
  expect(`${message} ${advice}`).not.toMatch(/\bat .*\.(ts|js):\d+|undefined|\[object|unknown/);
}
