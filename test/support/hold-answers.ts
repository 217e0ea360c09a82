import { undeclaredAnswers } from './undeclared-answers';

/** Any test during which the API answered otherwise than it documents fails, whatever the test itself looks at. */
afterEach(() => {
  const found = [...new Set(undeclaredAnswers.splice(0))];
  if (found.length > 0) throw new Error(`Answers that are not as documented:\n  ${found.join('\n  ')}`);
});
