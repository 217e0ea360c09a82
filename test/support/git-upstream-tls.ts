/**
 * A self-signed certificate for upstream.example and 127.0.0.1, valid for a hundred years. The key guards nothing: it
 * exists for the tests and is known to all.
 */
export const selfSigned = {
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgx1uZQ52N/rPLKcRx
be3rfhSu1wEgGj8GmcxwqEJRFZ2hRANCAAS6n8UjRD183FwGi/1WJXsrr4AgdOB2
8oW2MnTGR5qsORMtnfWJNZ71y+HvIZBU5s3r2bbmco39RwN1TxInZOpS
-----END PRIVATE KEY-----
`,
  cert: `-----BEGIN CERTIFICATE-----
MIIBsDCCAVagAwIBAgIUQ6K54ViXdF2Qnnu5wvGMtwv95wowCgYIKoZIzj0EAwIw
GzEZMBcGA1UEAwwQdXBzdHJlYW0uZXhhbXBsZTAgFw0yNjExMjIwNzMxMzRaGA8y
MTI2MTAyOTA3MzEzNFowGzEZMBcGA1UEAwwQdXBzdHJlYW0uZXhhbXBsZTBZMBMG
ByqGSM49AgEGCCqGSM49AwEHA0IABLqfxSNEPXzcXAaL/VYleyuvgCB04HbyhbYy
dMZHmqw5Ey2d9Yk1nvXL4e8hkFTmzevZtuZyjf1HA3VPEidk6lKjdjB0MB0GA1Ud
DgQWBBSoXd4tFythfeqCy4d3YbUsUlwDizAfBgNVHSMEGDAWgBSoXd4tFythfeqC
y4d3YbUsUlwDizAPBgNVHRMBAf8EBTADAQH/MCEGA1UdEQQaMBiCEHVwc3RyZWFt
LmV4YW1wbGWHBH8AAAEwCgYIKoZIzj0EAwIDSAAwRQIhAKX02V4k+MDPgk5/UPBD
ymtoR1zefP/+yepJVCBBZ5+uAiAqUXobyd0hUy/F8cOBc45NMM7H6tM1NtqFijRQ
2+mtyA==
-----END CERTIFICATE-----
`,
};
