import { redactUrls, showRemoteText } from '../../../src/domain/redact';

describe('text that may hold credentials', () => {
  it.each([
    ['GET https://me:pw@host/x failed', 'GET https://host/x failed'],
    ['git+ssh://me@host/x and HTTP://a:b@c', 'git+ssh://host/x and HTTP://c'],
    ['1https://me:p@w@host', '1https://host'],
    ['https://host/a@b and me@host', 'https://host/a@b and me@host'],
    ['://me:pw@host', '://host'],
  ])('"%s" is shown as "%s"', (text, shown) => {
    expect(redactUrls(text)).toBe(shown);
  });

  it.each(['x', 'a://', '://', '://a', 'a@', ':', '\u001b[0', '\u001b['])(
    'RES-07: a stranger’s text of a million characters takes no longer than reading it: %j',
    (piece) => {
      // With a pattern that goes back for each character, this would take hours.
      const text = piece.repeat(1_000_000 / piece.length);
      expect(redactUrls(text).length).toBeLessThanOrEqual(text.length);
      expect(showRemoteText(text).length).toBeLessThanOrEqual(200);
    },
  );
});
