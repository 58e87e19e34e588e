# Azure's and Aliyun's own Python SDKs on the sandbox, recorded by the program's proxy, then replayed. Part of `run`.

# Starts a command that serves, and waits for what it says first, a line of JSON with this key.
serve_json() {
  local file=$1 tries
  shift
  rm -f "$file"
  "$program" "$@" --json >"$file" 2>"$file.log" &
  started+=($!)
  for tries in {1..300}; do
    if [[ -s $file ]]; then return; fi
    sleep 0.1
  done
}

member() { node -p 'JSON.parse(require("fs").readFileSync(process.argv[1], "utf8"))'"$2" "$1"; }

# In a recording the address of the areas is a look-alike; the sandbox has a name for each request that it knows.
asked_nothing_else() { ! grep ' - [A-Z]* /' "$work/logs/sandbox.log"; }

sdks() {
  say "the vendors' own SDKs"
  local venv=$work/sdks service url proxy
  if [[ $(cat "$venv/installed" 2>/dev/null) != "$sdk_versions" ]]; then
    python3 -m venv "$venv"
    # shellcheck disable=SC2086
    "$venv/bin/pip" install --quiet --disable-pip-version-check $sdk_versions
    echo "$sdk_versions" >"$venv/installed"
  fi
  serve_sandbox
  local variable recorded
  for service in azure-devops aliyun; do
    variable=RUNPIPE_$(tr a-z- A-Z_ <<<"$service")_URL
    recorded=$work/recorded/$service
    rm -rf "$recorded" "$recorded-again"
    url=${!variable}
    serve_json "$work/proxy.json" spec record "specs/$service.json" "$recorded" --to "$url"
    proxy=$(member "$work/proxy.json" .url)
    judged "the SDK of $service through the proxy" "$venv/bin/python" "$judges/sdks.py" "$service" "$url" "$proxy"
    judged "what the SDK of $service did is documented" \
      "$program" spec drift "specs/$service.json" "$recorded" --decisions "$judges/sdks.drift"
    serve_json "$work/replay.json" sandbox --port 0 --replay "$recorded"
    url=$(member "$work/replay.json" ".variables.$variable")
    judged "the SDK of $service on the replay" "$venv/bin/python" "$judges/sdks.py" "$service" "$url" "$url"
  done
  judged "the SDKs ask for nothing that the sandbox does not know" asked_nothing_else
}
