import { Option, type Command } from 'commander';

/** The flags that say where the upstream is and how to sign in. */
export function addAccessFlags(command: Command): Command {
  return command
    .option('--url <url>', 'address of the upstream, as "git clone" takes it')
    .option('--user <name>', 'user name for the upstream')
    .option('--token-expires <date>', 'when the token ends, to be warned before; empty for not known')
    .option('--password-stdin', 'read the password or token from standard input')
    .addOption(new Option('--password-file <file>', 'read it from a file').conflicts('passwordStdin'))
    .option('--ssh-host-key <key...>', 'host keys to trust: whole keys, or fingerprints of detected ones');
}

export function addSshKeyFlag(command: Command): Command {
  return command.addOption(new Option('--ssh-key-type <type>', 'key for an ssh address').choices(['ed25519', 'rsa']));
}
