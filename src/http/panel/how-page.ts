import type { RequestHandler } from 'express';
import { how } from '../../panel/texts/how';
import type { Panel } from './panel-context';
import { showPage } from './show-page';

/** "How mirroring works". Tells nothing of anybody, so nobody need be signed in. */
export function getHow(panel: Panel): RequestHandler {
  return (request, response) => {
    const forge = panel.knownForge();
    showPage(panel, request, response, {
      page: { template: 'how', title: how.title },
      model: { chapters: how.chapters(forge.account) },
      forge,
      csrf: '',
      now: Date.now(),
    });
  };
}
