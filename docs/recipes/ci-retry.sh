#!/bin/sh
# A step of a CI job that may be killed and retried at any time: every attempt gives the same key, so all of them start
# one run, and the last one ends with its result.
#
# $JOB names the logical run in every attempt of the job (GitLab: CI_PIPELINE_ID with the job's name; GitHub Actions:
# GITHUB_RUN_ID with the job's name, and not GITHUB_RUN_ATTEMPT). RUNPIPE_LEDGER has to outlive the attempt: a
# directory that the runners share, or an object store. More flags may be given.
set -eu
exec runpipe start buddy --workspace acme --project website --pipeline id:2 --key "$JOB" --watch "$@"
