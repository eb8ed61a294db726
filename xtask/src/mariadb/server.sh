# Runs a MariaDB server for as long as standard input stays open, then stops it and removes every trace. Standard input is a pipe that the
# owner holds, so the server goes when the owner does, however it ends. The line `stop` on it stops the server at once, as a power cut would,
# and `start` starts it again.
# $ORM_MARIADBD: the server. $ORM_MARIADB_INSTALL: what makes its data folder. $ORM_PORT: the port on 127.0.0.1.
# $ORM_MARIADB_DURABLE: not empty if commits must survive a crash. $ORM_MARIADB_OPTIONS: more options, none of which has spaces.
# $ORM_MARIADB_JOINS: what the first start of a node of a cluster needs: `yes` if it gets its data from the others, an option of the first node.
# Says `ready` and `stopped` on standard output, or what went wrong.
set -u
# An owner who goes while the server starts reads no `ready`: that must not end this script before it has cleaned up.
trap '' PIPE
cd /
dir=$(mktemp -d "${TMPDIR:-/tmp}/orm-mariadb.XXXXXX") || exit 1

give_up() {
    echo "$1"
    tail -n 20 "$dir/log"
    rm -rf "$dir"
    exit 1
}

if [ "${ORM_MARIADB_JOINS:-}" = yes ]; then
    mkdir "$dir/data"
    once=
else
    "$ORM_MARIADB_INSTALL" --no-defaults --datadir="$dir/data" --auth-root-authentication-method=normal --skip-test-db \
        --innodb-flush-log-at-trx-commit=0 >"$dir/log" 2>&1 || give_up "mariadb-install-db failed:"
    # A user of everybody's, who needs no password and may do everything, and a database for the examples.
    printf '%s\n' "CREATE USER orm@'127.0.0.1' IDENTIFIED BY '';" "GRANT ALL ON *.* TO orm@'127.0.0.1' WITH GRANT OPTION;" \
        "CREATE DATABASE examples;" >"$dir/users.sql"
    once="--init-file=$dir/users.sql ${ORM_MARIADB_JOINS:-}"
fi

fast="--innodb-flush-log-at-trx-commit=0 --innodb-doublewrite=0 --innodb-flush-method=nosync --innodb-file-per-table=OFF --sync-frm=OFF"
[ -z "${ORM_MARIADB_DURABLE:-}" ] || fast=

start() {
    : >"$dir/log"
    # Lists of options are cut into words.
    "$ORM_MARIADBD" --no-defaults --datadir="$dir/data" --socket="$dir/socket" --pid-file="$dir/pid" --bind-address=127.0.0.1 \
        --port="$ORM_PORT" --skip-name-resolve --skip-log-bin --innodb-buffer-pool-size=64M --max-connections=400 \
        --max-allowed-packet=64M --performance-schema=OFF $fast ${ORM_MARIADB_OPTIONS:-} $once >>"$dir/log" 2>&1 </dev/null &
    server=$!
    until grep -q 'mariadbd: ready for connections' "$dir/log"; do
        kill -0 $server 2>/dev/null || give_up "mariadbd did not start:"
        sleep 0.05
    done
    once=
    echo ready
}

trap 'kill -TERM $server' INT TERM HUP
start
while read -r command; do
    case $command in
    stop)
        kill -KILL $server
        wait $server 2>/dev/null
        echo stopped
        ;;
    start) start ;;
    esac
done
kill -KILL $server 2>/dev/null
wait $server 2>/dev/null
rm -rf "$dir"
