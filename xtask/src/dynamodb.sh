# Runs a server of DynamoDB's interface for as long as standard input stays open.
# $ORM_SERVER: the program. $ORM_ARGUMENTS: what it is told before its port. $ORM_PORT: its port on 127.0.0.1.
# Says `ready` on standard output, or what went wrong.
set -u
cd /
log=$(mktemp "${TMPDIR:-/tmp}/orm-dynamodb.XXXXXX") || exit 1

# Unquoted: it is several words.
"$ORM_SERVER" $ORM_ARGUMENTS "$ORM_PORT" >"$log" 2>&1 </dev/null &
server=$!
trap 'kill -TERM $server' INT TERM HUP
until grep -Eq 'listening at|Running on' "$log"; do
    kill -0 $server 2>/dev/null || {
        echo "$ORM_SERVER did not start:"
        tail -n 20 "$log"
        rm -f "$log"
        exit 1
    }
    sleep 0.05
done
echo ready
while read -r command; do :; done
kill -KILL $server 2>/dev/null
wait $server 2>/dev/null
rm -f "$log"
