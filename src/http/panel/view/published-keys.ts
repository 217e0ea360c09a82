interface Published {
  readonly who: string;
  /** Where the owner publishes them. */
  readonly page: string;
  readonly fingerprints: readonly string[];
}

/** Host keys that well-known hosts publish, read from the named pages in November 2026. They inform and decide nothing. */
export const publishedKeys: Readonly<Record<string, Published>> = {
  'github.com': {
    who: 'GitHub',
    page: 'https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/githubs-ssh-key-fingerprints',
    fingerprints: [
      'SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU',
      'SHA256:p2QAMXNIC1TJYWeIOttrVc98/R1BUFWu3/LiyKgUfQM',
      'SHA256:uNiVztksCsDhcc0u9e8BujQXVUpKZIDTMczCvj3tD2s',
    ],
  },
  'gitlab.com': {
    who: 'GitLab',
    page: 'https://docs.gitlab.com/user/gitlab_com/#ssh-host-keys-fingerprints',
    fingerprints: [
      'SHA256:eUXGGm1YGsMAS7vkcx6JOJdOGHPem5gQp4taiCfCLB8',
      'SHA256:HbW3g8zUjNSksFbqTiUWPWg2Bq1x8xdGUrliXFzSnUw',
      'SHA256:ROQFvPThGrW4RuWLoL9tq9I9zJ42fK4XywyRtbOz/EQ',
    ],
  },
  'codeberg.org': {
    who: 'Codeberg',
    page: 'https://docs.codeberg.org/security/ssh-fingerprint/',
    fingerprints: [
      'SHA256:mIlxA9k46MmM6qdJOdMnAQpzGxF4WIVVL+fj+wZbw0g',
      'SHA256:T9FYDEHELhVkulEKKwge5aVhVTbqCW0MIRwAfpARs/E',
      'SHA256:6QQmYi4ppFS4/+zSZ5S4IU+4sa6rwvQ4PbhCtPEBekQ',
    ],
  },
  'bitbucket.org': {
    who: 'Bitbucket',
    page: 'https://support.atlassian.com/bitbucket-cloud/docs/configure-ssh-and-two-step-verification/',
    fingerprints: [
      'SHA256:ybgmFkzwOSotHTHLJgHO0QN8L0xErw6vd0VhFA9m3SM',
      'SHA256:FC73VB6C4OQLSCrjEayhMp9UMxS97caD/Yyi2bhW/J0',
      'SHA256:46OSHA1Rmj8E8ERTC6xkNcmGOw9oFxYr0WF6zWW8l1E',
    ],
  },
};
