"""An Airflow DAG whose task may die and be run again at any time: one run is started, and waited for.

The key names the logical run of the task, and is the same in every attempt (`try_number` is no part of it).
RUNPIPE_LEDGER is a place that all workers reach.
"""

from datetime import timedelta

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG

with DAG("release", schedule=None, catchup=False):
    BashOperator(
        task_id="deploy",
        retries=2,
        retry_delay=timedelta(seconds=1),
        append_env=True,
        bash_command=(
            "runpipe start buddy --workspace acme --project website --pipeline id:2 --watch"
            " --key '{{ dag.dag_id }}/{{ run_id }}/{{ ti.task_id }}' $RUNPIPE_FLAGS"
        ),
    )
