# Runs influxd, version 1, for as long as standard input stays open, then stops it and removes every trace. The line `stop` on standard input kills
# the server at once, as a power cut would, and `start` starts it again.
# $ORM_INFLUX: the program. $ORM_PORT: its port on 127.0.0.1.
# Says `ready` and `stopped` on standard output, or what went wrong.
set -u
cd /
dir=$(mktemp -d "${TMPDIR:-/tmp}/orm-influx.XXXXXX") || exit 1

cat >"$dir/influxdb.conf" <<CONF
reporting-disabled = true
bind-address = "127.0.0.1:0"
[meta]
dir = "$dir/meta"
logging-enabled = false
[data]
dir = "$dir/data"
wal-dir = "$dir/wal"
query-log-enabled = false
[monitor]
store-enabled = false
[http]
bind-address = "127.0.0.1:$ORM_PORT"
log-enabled = false
CONF

start() {
    "$ORM_INFLUX" -config "$dir/influxdb.conf" >"$dir/log" 2>&1 </dev/null &
    server=$!
    until grep -q 'Listening for signals' "$dir/log"; do
        kill -0 $server 2>/dev/null || {
            echo "influxd did not start:"
            tail -n 20 "$dir/log"
            rm -rf "$dir"
            exit 1
        }
        sleep 0.05
    done
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
