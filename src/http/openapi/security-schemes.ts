const header = (name: string, description: string) => ({ type: 'apiKey', in: 'header', name, description });

/** Every way to say who one is. Scopes of a forge's token stand with each call. */
export const securitySchemes = {
  forgeToken: {
    type: 'http',
    scheme: 'bearer',
    description:
      'An access token of the forge, as "Authorization: Bearer …". Its scopes are those of the forge; each call names what it needs. Tokens in the query are not taken.',
  },
  forgeTokenAsGitea: header(
    'Authorization',
    'The same token as "Authorization: token …", as Gitea and octokit send it.',
  ),
  privateToken: header('PRIVATE-TOKEN', 'An access token of the forge where clients of GitLab put theirs.'),
  githubSignature: header('X-Hub-Signature-256', '"sha256=" and the HMAC-SHA-256 of the body in hexadecimal digits.'),
  bitbucketSignature: header('X-Hub-Signature', '"sha256=" and the HMAC-SHA-256 of the body in hexadecimal digits.'),
  giteaSignature: header('X-Gitea-Signature', 'HMAC-SHA-256 of the body in hexadecimal digits.'),
  forgejoSignature: header('X-Forgejo-Signature', 'HMAC-SHA-256 of the body in hexadecimal digits.'),
  gitlabToken: header('X-Gitlab-Token', 'The secret itself.'),
  webhookSecret: { type: 'http', scheme: 'bearer', description: 'The secret itself, as "Authorization: Bearer …".' },
};
