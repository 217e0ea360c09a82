import type { GalleryState } from '../../test/support/panel-gallery';

/** The chapters of docs/panel.md, in their order. */
export const topics: Readonly<Record<GalleryState['topic'], { readonly title: string; readonly text: string }>> = {
  add: {
    title: 'Adding a mirror',
    text: 'The address gives hints while it is typed. “Test connection” lists the other side once and stores nothing. An SSH host is confirmed before anything is saved; then the mirror waits until its key is in place.',
  },
  list: {
    title: 'A mirror at rest',
    text: 'One sentence what is, times, buttons. What a button opens stands right below it.',
  },
  settings: {
    title: 'What can be set',
    text: 'Options fold, and the fold’s title says what they are set to. Secrets are shown once, in the answer to whoever made them.',
  },
  live: {
    title: 'While it runs',
    text: 'Progress comes by server-sent events and survives a reload; where events are cut off, the page looks every 10 seconds, and without script it loads itself again.',
  },
  failures: {
    title: 'Failures',
    text: 'Each says what happened, what to do, and what happens by itself. The one coloured button is the cure.',
  },
  people: {
    title: 'Waiting for a person',
    text: 'Pauses, guards and host keys. What loses data is red and names the number; what gives away trust is never coloured.',
  },
  history: {
    title: 'History and preview',
    text: 'Runs as a chart and as a list, each opening to what became of every branch and tag. A run can be undone; a preview changes nothing.',
  },
  whole: {
    title: 'In place of the lists',
    text: 'Nobody signed in, no right, a mirror of the forge’s own, a page that loads, a forge or a Headwater that is down; and the tab that everybody sees who may see the project.',
  },
};
