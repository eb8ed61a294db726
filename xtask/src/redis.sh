# Runs redis-server for as long as standard input stays open, then stops it and removes every trace. The line `stop` on standard input kills the server
# at once, and `start` starts an empty one.
# $ORM_REDIS: the program. $ORM_PORT: its port on 127.0.0.1.
# Says `ready` and `stopped` on standard output, or what went wrong.
set -u
cd /
dir=$(mktemp -d "${TMPDIR:-/tmp}/orm-redis.XXXXXX") || exit 1

start() {
    "$ORM_REDIS" --port "$ORM_PORT" --bind 127.0.0.1 --dir "$dir" --save '' --appendonly no >"$dir/log" 2>&1 </dev/null &
    server=$!
    until grep -q 'Ready to accept connections' "$dir/log"; do
        kill -0 $server 2>/dev/null || {
            echo "redis-server did not start:"
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
