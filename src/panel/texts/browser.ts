/*
 * What only the script in the browser says. It imports nothing, so that a browser can load it as it is.
 */
export const browserWords = {
  interrupted: 'Live updates are interrupted; looking every 10 seconds.',
  copied: 'Copied',
  noAnswer: 'Headwater does not answer.',
} as const;
