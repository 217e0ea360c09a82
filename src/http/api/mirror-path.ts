/** Below the API's base: the pull mirror of a project. */
export const mirrorPath = '/repos/:owner/:repo/mirror/pull';
