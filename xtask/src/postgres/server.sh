# Runs a PostgreSQL server for as long as standard input stays open, then stops it and removes every trace. Standard input is
# a pipe that the owner holds, so the server goes when the owner does, however it ends. The line `stop` on it stops the server at once, as
# a power cut would, and `start` starts it again.
# $ORM_PG_BIN: the folder of the programs. $ORM_PORT: the port on 127.0.0.1. $ORM_PG_DURABLE: not empty if commits must survive a crash.
# $ORM_PG_STANDBY_OF: the port of the server that it is to be a streaming replica of; empty for a server of its own.
# Says `ready` and `stopped` on standard output, or what went wrong.
set -u
cd /
dir=$(mktemp -d "${TMPDIR:-/tmp}/orm-postgres.XXXXXX") || exit 1

give_up() {
    echo "$1"
    tail -n 20 "$dir/log"
    rm -rf "$dir"
    exit 1
}

# Text is sorted by bytes, as SQLite sorts it, and every letter has its case. Not every system has the same name for that.
letters=$(locale -a 2>/dev/null | grep -i -m 1 -E '^(C|en_US)\.utf-?8$')

if [ -n "${ORM_PG_STANDBY_OF:-}" ]; then
    # The folder may have links to some of the programs only.
    backup=$ORM_PG_BIN/pg_basebackup
    [ -x "$backup" ] || backup=$(dirname "$(readlink -f "$ORM_PG_BIN/postgres")")/pg_basebackup
    "$backup" -h 127.0.0.1 -p "$ORM_PG_STANDBY_OF" -U postgres -D "$dir/data" --no-sync -R -X stream -c fast >"$dir/log" 2>&1 ||
        give_up "pg_basebackup failed:"
else
    "$ORM_PG_BIN/initdb" --no-sync -A trust -U postgres -E UTF8 --locale=C --lc-ctype="${letters:-C}" -D "$dir/data" >"$dir/log" 2>&1 ||
        give_up "initdb failed:"
fi

# Everybody is trusted, except the role with which tests try passwords.
cat >"$dir/data/pg_hba.conf" <<HBA
host all orm_login 127.0.0.1/32 scram-sha-256
host all all 127.0.0.1/32 trust
host replication all 127.0.0.1/32 trust
HBA

# What a test wants in another way: files for the data folder, of which `extra.conf` goes into the configuration.
if [ -n "${ORM_PG_FILES:-}" ]; then
    cp "$ORM_PG_FILES"/* "$dir/data/" && chmod 600 "$dir"/data/*.key && cat "$dir/data/extra.conf" >>"$dir/data/postgresql.conf" ||
        give_up "the files of the test cannot be used:"
fi

start() {
    "$ORM_PG_BIN/postgres" -D "$dir/data" -p "$ORM_PORT" -c listen_addresses=127.0.0.1 -c unix_socket_directories="$dir" \
        -c max_connections=300 -c deadlock_timeout=200ms -c max_prepared_transactions=100 \
        >>"$dir/log" 2>&1 </dev/null &
    server=$!
    until grep -q '^ready' "$dir/data/postmaster.pid" 2>/dev/null; do
        kill -0 $server 2>/dev/null || give_up "postgres did not start:"
        sleep 0.05
    done
    echo ready
}

if [ -z "${ORM_PG_DURABLE:-}" ]; then
    printf '%s\n' "fsync = off" "full_page_writes = off" "synchronous_commit = off" >>"$dir/data/postgresql.conf"
fi

trap 'kill -INT $server' INT TERM HUP
start
while read -r command; do
    case $command in
    stop)
        kill -QUIT $server
        wait $server
        rm -f "$dir/data/postmaster.pid"
        echo stopped
        ;;
    start) start ;;
    esac
done
kill -INT $server 2>/dev/null
wait $server
rm -rf "$dir"
