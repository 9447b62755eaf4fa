#!/usr/bin/env bash
# cluster.sh up SCHEDULER HOST... | down SCHEDULER HOST...   a scheduler, and WORKERS (default 1) workers on each host.
# Every host sees the same folders: DSGNS, the source with its environment in .venv, and DSGNS_CERTIFICATES.
set -euo pipefail

action=${1:?up or down} scheduler=${2:?the host of the scheduler}
shift 2
: "${DSGNS:?is the folder of the source}" "${DSGNS_CERTIFICATES:?is the folder that certificates.sh made}"
port=${PORT:-8786} dashboard=${DASHBOARD:-8787} workers=${WORKERS:-1} memory=${MEMORY:-2GiB}
prelude="export PATH=$DSGNS/.venv/bin:\$PATH DSGNS_CERTIFICATES=$DSGNS_CERTIFICATES && cd $DSGNS"

# begin HOST ROLE NUMBER COMMAND: in the background of a host, its process noted in a file there.
begin() {
    ssh "$1" bash -s <<END
        $prelude && export DSGNS_WORKER_NUMBER=$3 && . deploy/environment.sh $2 || exit
        nohup setsid $4 </dev/null >"\$scratch/$2-$3.log" 2>&1 &
        echo \$! >"\$scratch/$2-$3.pid"
END
}

case $action in
up)
    begin "$scheduler" scheduler 0 "dask scheduler --port $port --dashboard-address 127.0.0.1:$dashboard"
    for host in "$@"; do
        for ((number = 0; number < workers; number++)); do
            begin "$host" worker "$number" "dask worker tls://$scheduler:$port --nworkers 1 --nthreads 1 \
                --memory-limit $memory --local-directory \$scratch --no-dashboard --death-timeout 300"
        done
    done
    echo "dsgns COMMAND --scheduler tls://$scheduler:$port --certificates $DSGNS_CERTIFICATES/client"
    ;;
down)
    for host in "$@" "$scheduler"; do
        ssh "$host" bash -s <<END
            $prelude && . deploy/environment.sh worker || exit
            for file in "\$scratch"/*.pid; do
                [[ ! -e \$file ]] || { kill "\$(cat "\$file")" 2>/dev/null; rm -f "\$file"; }
            done
END
    done
    ;;
*)
    echo "up or down, not $action" >&2
    exit 2
    ;;
esac
