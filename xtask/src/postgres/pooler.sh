# Runs pgbouncer in transaction mode for as long as standard input stays open, then stops it and removes every trace.
# $ORM_POOLER: the program. $ORM_PORT: its port on 127.0.0.1. $ORM_PG_HOST, $ORM_PG_PORT, $ORM_PG_USER: the server, which trusts that user.
# Says `ready` on standard output, or what went wrong.
set -u
cd /
dir=$(mktemp -d "${TMPDIR:-/tmp}/orm-pooler.XXXXXX") || exit 1

# Connections of the server take turns, so that a statement that is bound to one of them is noticed.
cat >"$dir/pgbouncer.ini" <<INI
[databases]
* = host=$ORM_PG_HOST port=$ORM_PG_PORT user=$ORM_PG_USER
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = $ORM_PORT
unix_socket_dir =
auth_type = any
pool_mode = transaction
server_round_robin = 1
max_client_conn = 500
server_idle_timeout = 5
INI

"$ORM_POOLER" "$dir/pgbouncer.ini" >"$dir/log" 2>&1 </dev/null &
pooler=$!
trap 'kill -TERM $pooler' INT TERM HUP

until grep -q 'process up' "$dir/log"; do
    kill -0 $pooler 2>/dev/null || {
        echo "pgbouncer did not start:"
        tail -n 20 "$dir/log"
        rm -rf "$dir"
        exit 1
    }
    sleep 0.05
done
echo ready

cat >/dev/null
kill -TERM $pooler 2>/dev/null
wait $pooler
rm -rf "$dir"
