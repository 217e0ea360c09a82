import type { GalleryState } from '../../test/support/panel-gallery';
import { topics } from './topics';

/** docs/panel.md: what the panel does, with the picture of every state. */
export function docPage(states: readonly GalleryState[]): string {
  const chapters = Object.entries(topics).map(([topic, { title, text }]) => {
    const captions = states.filter((state) => state.topic === topic).map((state) => `- ${state.caption}`);
    const pictures = (['light', 'dark', 'phone'] as const).map(
      (look) => `![${title}, ${look}](panel/${topic}-${look}.png)`,
    );
    return [`## ${title}`, text, captions.join('\n'), ...pictures].join('\n\n');
  });
  return `${[intro, ...chapters].join('\n\n')}\n`;
}

const intro = `# The panel

In a project's settings the forge shows "Mirroring repositories" in place of its own mirror section. It is served by Headwater and uses the forge's own style
sheets, so it looks like the theme that the person has chosen. Who may change mirrors, the forge decides: it is asked at each change.

| page | what |
|---|---|
| \`/panel/{owner}/{repo}\` | the panel in the project's settings |
| \`/panel/{owner}/{repo}/history\`, \`/plan/{run}\` | runs with what became of each branch and tag, undo; a preview |
| \`/panel/{owner}/{repo}/status\` | the tab of the repository, for everybody who may see the project |
| \`/panel/how\` | how mirroring works, in short |
| \`/panel/new\` | a project and its mirror in one form, linked from the forge's top links |

Every page works without script: boxes open by links, forms are forms, a running import loads the page again every 10 seconds. The script adds hints while an
address is typed, boxes in place, live progress, local times and "Copy". Nothing is loaded from elsewhere but the forge's style sheets, and no script or style stands inside a page.

A page shows its frame after a quarter of a second when the forge has not answered by then, and the rest takes its place when it comes, without a script. With style, script and
signs it weighs less than 100 kB compressed, which a test holds; style and script have names that change with their contents and are kept by browsers for good.

Nothing scrolls sideways down to 320 px, which is 200 % of 640, however long an address or a branch’s name is; forced colours and little motion hold too. Tests look at every state below for that.

Signing in lets Headwater read only. So push mirrors, which are the forge's own, are changed by Headwater's account for whoever is an admin of the project, and only
where that account is one too; and a new project is made with an access token that the person gives for that once.

All words stand in \`src/panel/texts\`, templates in \`src/panel/views\`; what a mirror looks like is decided by pure functions in \`src/http/panel/view\`.

The pictures are made by \`npm run screenshots\`.`;
