// Another process on the same file: takes the write lock, changes something, says so, and keeps the lock
// until its input ends; then it takes the change back.
const Database = require('better-sqlite3');

const database = new Database(process.argv[2]);
database.exec('BEGIN IMMEDIATE');
database.exec('UPDATE mirrors SET failures = 99');
process.stdout.write('locked\n');
process.stdin.on('end', () => {
  database.exec('ROLLBACK');
  database.close();
});
process.stdin.resume();
