#!/bin/sh
# Runs airflow_dag.py once, with Airflow's scheduler and its local executor, and waits for its end.
set -eu
AIRFLOW_HOME=$(mktemp -d)
export AIRFLOW_HOME
export AIRFLOW__CORE__EXECUTOR=LocalExecutor AIRFLOW__CORE__PARALLELISM=2 AIRFLOW__CORE__LOAD_EXAMPLES=False
export AIRFLOW__CORE__DAGS_FOLDER="$AIRFLOW_HOME/dags" AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION=False
mkdir "$AIRFLOW_HOME/dags"
cp "$(dirname "$0")/airflow_dag.py" "$AIRFLOW_HOME/dags/release.py"
# In a group of its own, which ends as a whole.
setsid airflow standalone >"$AIRFLOW_HOME/log" 2>&1 &
engine=$!
trap 'kill -TERM -"$engine"' EXIT
until airflow dags trigger release --run-id once >/dev/null 2>&1; do sleep 2; done
while :; do
  state=$(airflow dags list-runs release --output json 2>/dev/null | tr -d ' \n' | sed 's/.*"state":"\([a-z]*\)".*/\1/')
  case $state in
    success) exit 0 ;;
    failed) tail -n 50 "$AIRFLOW_HOME/log"; exit 1 ;;
  esac
  sleep 2
done
