import { code, strong, type Rich } from '../../../panel/texts/rich';

/** What stands in **two stars** and in `backticks` becomes strong and code; the rest stays as it is. */
export function richOf(text: string): Rich {
  return text.split(/(\*\*[^*]+\*\*|`[^`]+`)/).flatMap((piece) => {
    if (piece === '') return [];
    if (piece.startsWith('**')) return [strong(piece.slice(2, -2))];
    return piece.startsWith('`') ? [code(piece.slice(1, -1))] : [piece];
  });
}

export function paragraphsOf(text: string): Rich[] {
  return text.split('\n\n').map(richOf);
}
