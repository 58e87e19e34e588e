#!/bin/sh
# One worker of a pool: pool.sh WORKER JOBS. Every worker goes through all jobs, each from another place, on any
# machine that reaches the ledger. The first to reach a job starts its run; all others get that run. The other workers
# make up for one that dies. More flags may be given.
set -eu
worker=$1
jobs=$2
shift 2
number=0
while [ "$number" -lt "$jobs" ]; do
  job=$(((worker * jobs / 8 + number) % jobs))
  runpipe start buddy --workspace acme --project website --pipeline id:2 --key "job-$job" "$@"
  number=$((number + 1))
done
