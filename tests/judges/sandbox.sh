# Schemathesis on the sandbox: requests made from the documents, right ones and wrong ones, and what it has to answer.
# Part of `run`.

# Starts a run through the program, waits for its end, and says its id.
ended_run() { "$program" start "$@" --watch --json | node -p 'JSON.parse(require("fs").readFileSync(0, "utf8")).id'; }

schemathesis() {
  local service=$1 mode=$2 url=$3 credential=$4 phases=coverage
  # The documents' examples are right requests, about things that only the parameters lead to.
  if [[ $mode == positive ]]; then phases=examples,coverage; fi
  "$python/schemathesis" --config-file "$work/schemathesis-$mode.toml" run "$work/copies/$service.json" --url "$url" \
    --phases "$phases" --generation-deterministic --mode "$mode" --no-color \
    --header "$credential"
}

matillion_token() {
  curl --silent --fail "$RUNPIPE_MATILLION_TOKEN_URL" --data grant_type=client_credentials \
    --data client_id="$MATILLION_CLIENT_ID" --data client_secret="$MATILLION_CLIENT_SECRET" \
    --data audience=https://api.matillion.com | node -p 'JSON.parse(require("fs").readFileSync(0, "utf8")).access_token'
}

sandbox() {
  say "sandbox"
  serve_sandbox
  export MATILLION_PROJECT=3f0c9a52-6b1d-4c7e-9a44-2d5e8f7b1c60
  AZURE_DEVOPS_RUN=$(ended_run azure-devops --organization acme --project Website --pipeline 42)
  MATILLION_RUN=$(ended_run matillion --project-id "$MATILLION_PROJECT" --environment Production --pipeline 'Load orders')
  ALIYUN_RUN=$(ended_run aliyun --organization-id 60d1c0ffee5ca1ab1e00feed --pipeline 123)
  YUNXIAO_RUN=$(ended_run yunxiao --organization-id 60d1c0ffee5ca1ab1e00feed --pipeline 123)
  YUNXIAO_BUILD=12300000$((YUNXIAO_RUN + 1))
  BUDDY_RUN=$(ended_run buddy --workspace acme --project website --pipeline 1 --branch main)
  BUDDY_ACTION=$(curl --silent --fail --header "Authorization: Bearer $BUDDY_TOKEN" \
    "$RUNPIPE_BUDDY_URL/workspaces/acme/projects/website/pipelines/1/executions/$BUDDY_RUN" |
    node -p 'JSON.parse(require("fs").readFileSync(0, "utf8")).action_executions[0].action_execution_id')
  AZURE_DEVOPS_TIMELINE=$(curl --silent --fail --user ":$AZURE_DEVOPS_EXT_PAT" \
    "$RUNPIPE_AZURE_DEVOPS_URL/acme/Website/_apis/build/builds/$AZURE_DEVOPS_RUN/timeline?api-version=7.1" |
    node -p 'JSON.parse(require("fs").readFileSync(0, "utf8")).id')
  export AZURE_DEVOPS_TIMELINE AZURE_DEVOPS_RUN MATILLION_RUN ALIYUN_RUN BUDDY_RUN BUDDY_ACTION
  export YUNXIAO_RUN YUNXIAO_BUILD
  export ALIBABA_CLOUD_ACCESS_KEY_ID ALIBABA_CLOUD_ACCESS_KEY_SECRET

  # A fixed value would stand in for the wrong one that is tried.
  cp "$judges/schemathesis.toml" "$work/schemathesis-positive.toml"
  sed '/^\[project\.parameters\]$/,/^$/d' "$judges/schemathesis.toml" >"$work/schemathesis-negative.toml"

  local mode
  local -A credentials=(
    [azure-devops]="Authorization: Basic $(printf ':%s' "$AZURE_DEVOPS_EXT_PAT" | base64)"
    [matillion]="Authorization: Bearer $(matillion_token)"
    [aliyun]='Authorization: ACS3-HMAC-SHA256 to be signed'
    [buddy]="Authorization: Bearer $BUDDY_TOKEN"
    [yunxiao]="x-yunxiao-token: $YUNXIAO_ACCESS_TOKEN"
  )
  local index service
  for index in "${!services[@]}"; do
    service=${services[$index]}
    for mode in negative positive; do
      if [[ $service == aliyun ]]; then export PYTHONPATH=$judges SCHEMATHESIS_HOOKS=acs3; fi
      judged "Schemathesis on $service, $mode" \
        schemathesis "$service" "$mode" "${sandbox_urls[$index]}" "${credentials[$service]}"
      unset PYTHONPATH SCHEMATHESIS_HOOKS
    done
  done
}
