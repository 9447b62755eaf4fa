# To be sourced as `. environment.sh ROLE` where there are no containers: scheduler, worker or client.
# DSGNS_CERTIFICATES is the folder that certificates.sh made, DSGNS_SCRATCH a disk of this host.
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
certificates=${DSGNS_CERTIFICATES:?is the folder that certificates.sh made}/$1
scratch=${DSGNS_SCRATCH:-${TMPDIR:-/tmp}/dsgns-$(id -un)}

export DASK_CONFIG=$here/dask.yaml
export DASK_DISTRIBUTED__COMM__TLS__CA_FILE=$certificates/ca.pem
export DASK_DISTRIBUTED__COMM__TLS__${1^^}__CERT=$certificates/cert.pem
export DASK_DISTRIBUTED__COMM__TLS__${1^^}__KEY=$certificates/key.pem
export DASK_DISTRIBUTED__SCHEDULER__DASHBOARD__TLS__CERT=$certificates/cert.pem
export DASK_DISTRIBUTED__SCHEDULER__DASHBOARD__TLS__KEY=$certificates/key.pem
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 MKL_NUM_THREADS=1 NUMBA_NUM_THREADS=1
# Each worker keeps its own kernels, never in a home folder that many hosts share.
export NUMBA_CACHE_DIR=${NUMBA_CACHE_DIR:-$scratch/kernels-${SLURM_PROCID:-${DSGNS_WORKER_NUMBER:-0}}}
mkdir -p "$scratch" "$NUMBA_CACHE_DIR"
