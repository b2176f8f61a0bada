//! What `--help` and the manual pages say beyond options: examples, exit codes, environment.

pub(super) const PHAROS: &str = "\
Examples:
  dataos-ctl get -t depot -a | pharos import --complete depot
  pharos serve
  pharos get -t service -w public --output wide

Exit codes:
  0  success
  1  a failure, which is told on standard error
  2  wrong arguments

Environment:
  PHAROS_DATABASE, PHAROS_ADDR, PHAROS_LOG and others stand for the options that name them in their help; an \
   option that is given wins.";

pub(super) const SERVE: &str = "\
Who may read: everybody on this machine. On any other address everybody with --public-read, else whoever brings a \
token with the scope `read`; without either Pharos refuses to start. Writing needs a token always.

Examples:
  pharos serve
  pharos serve --demo
  pharos serve --addr 0.0.0.0:3000 --public-read
  pharos serve --log-format json --shutdown-delay 5s

Signals:
  SIGTERM and SIGINT finish the requests under way, at most --shutdown-grace long; a second one stops at once.

Addresses for operators:
  /healthz  the process answers
  /readyz   the database answers and the server is not stopping
  /metrics  counts and times in the OpenMetrics text format

Exit codes:
  0  stopped as asked
  1  could not start, or failed
  2  wrong arguments
  130  stopped at once by a second signal";

pub(super) const IMPORT: &str = "\
Formats are told apart by themselves and may be mixed: tables of `dataos-ctl get`, manifests, read-back YAML, runtime \
listings. A document that cannot be read is refused as a whole and told by file and line; the others go in.

Examples:
  dataos-ctl get -t service -w public -a | pharos import --complete service:public
  pharos import manifests/*.yaml
  dataos-ctl get runtime -t depot -n salesraw | pharos import

Exit codes:
  0  everything was read
  1  a document was refused, or nothing could be stored
  2  wrong arguments";

pub(super) const CHANGES: &str = "\
Examples:
  pharos changes
  pharos changes --follow --type service --field runtime
  pharos changes --follow --output json --server https://pharos.example.org

Environment:
  PHAROS_TOKEN  the token for a server that asks for one

Exit codes:
  0  printed, or the reader of the output went away
  1  the database or the server does not answer, or no longer has the changes asked for
  2  wrong arguments";

pub(super) const GET: &str = "\
Examples:
  pharos get -t depot
  pharos get -t service -w public -o ada --output json
  pharos get -i 'orders-api | v1 | service | public' -d";

pub(super) const SYNC: &str = "\
Examples:
  pharos check-config
  pharos sync --once
  pharos sync --source depots --once";

pub(super) const SOURCES: &str = "\
Examples:
  pharos sources
  pharos sources --config /etc/pharos.toml";

pub(super) const CHECK_CONFIG: &str = "\
Examples:
  pharos check-config
  pharos check-config --config /etc/pharos.toml

Exit codes:
  0  the configuration can be used
  1  something is wrong with it, which is told by line
  2  wrong arguments";

pub(super) const DEMO: &str = "\
Examples:
  pharos demo --database sqlite://demo.db --resources 100000
  pharos serve --database sqlite://demo.db";

pub(super) const CHECK: &str = "\
Examples:
  pharos check --dry-run
  pharos check

Exit codes:
  0  nothing was wrong, or all of it is mended
  1  something is wrong still
  2  wrong arguments";

pub(super) const TOKEN: &str = "\
A token is 256 random bits, printed once and kept as a hash only. Programs send it as `Authorization: Bearer TOKEN`, or \
in the header `apikey`.

Examples:
  pharos token create --name dashboards --scope read --expires 90d
  pharos token create --name ci --scope write:type=service,workspace=public
  pharos token list
  pharos token revoke ci";

pub(super) const BACKUP: &str = "\
The database may be in use. The file is a whole database of one moment: it is looked over and on disk when this returns, \
and a file that exists is never overwritten. It holds manifests, and hashes of tokens: keep it as safe as the database.

Examples:
  pharos backup /var/backups/pharos-$(date +%F).db
  pharos backup --database sqlite:///var/lib/pharos/pharos.db /var/backups/pharos.db";

pub(super) const RESTORE: &str = "\
Stop the server first. The index is derived and is rebuilt when the server starts. Tokens are what they were when the \
backup was made: one that was revoked since works again until it is revoked again.

Examples:
  pharos restore /var/backups/pharos.db
  pharos restore --force --database sqlite:///var/lib/pharos/pharos.db /var/backups/pharos.db";

pub(super) const MAN: &str = "\
Example:
  mkdir -p ~/.local/share/man/man1 && pharos man ~/.local/share/man/man1 && man pharos-serve";
