# Prism between the program and the sandbox: it turns every request and every answer that does not fit the document
# into an error, and the program's exit code shows it. Part of `run`.
#
# Aliyun's signature covers the `Host` header. Prism is told that its upstream is itself, by way of an HTTP proxy which
# is the sandbox: so what it passes on has the host that was signed, and an absolute address, which HTTP servers accept.

prism_ports=()

serve_prisms() {
  local index service port url
  mapfile -t prism_ports < <(free_ports ${#services[@]})
  for index in "${!services[@]}"; do
    service=${services[$index]} port=${prism_ports[$index]} url=${sandbox_urls[$index]}
    "$npm/prism" proxy "$work/copies/$service.json" "http://127.0.0.1:$port$(path "$url")" --errors --port "$port" \
      --upstream-proxy "$(origin "$url")" >"$work/logs/prism-$service.log" 2>&1 &
    started+=($!)
  done
  for port in "${prism_ports[@]}"; do await "$port"; done
  export RUNPIPE_AZURE_DEVOPS_URL=http://127.0.0.1:${prism_ports[0]}
  export RUNPIPE_MATILLION_URL=http://127.0.0.1:${prism_ports[1]}
  export RUNPIPE_ALIYUN_URL=http://127.0.0.1:${prism_ports[2]}
  export RUNPIPE_BUDDY_URL=http://127.0.0.1:${prism_ports[3]}
  export RUNPIPE_YUNXIAO_URL=http://127.0.0.1:${prism_ports[4]}
}

# Runs the program; it has to end with the given exit code.
expect() {
  local code=$1 found=0
  shift
  "$program" "$@" --json >"$work/answer.json" 2>"$work/error.json" || found=$?
  if ((found == code)); then
    echo "ok    exit $code: runpipe $*"
  else
    echo "FAULT exit $found, not $code: runpipe $*"
    cat "$work/answer.json" "$work/error.json"
    failures+=("Prism: runpipe $*")
  fi
}

# A member of the last answer.
answered() { node -p 'JSON.parse(require("fs").readFileSync(process.argv[1], "utf8"))[process.argv[2]]' "$work/answer.json" "$1"; }

# The words that name a pipeline of the sandbox, its second one, and one that it does not have.
place() {
  case $1 in
  azure-devops) echo --organization acme --project Website ;;
  matillion) echo --project-id 3f0c9a52-6b1d-4c7e-9a44-2d5e8f7b1c60 --environment Production ;;
  aliyun | yunxiao) echo --organization-id 60d1c0ffee5ca1ab1e00feed ;;
  buddy) echo --workspace acme --project website ;;
  esac
}

request() {
  case $1 in
  azure-devops) echo --branch main --var day=monday ;;
  matillion) echo --var day=monday ;;
  aliyun | yunxiao) echo --env GREETING=hello --comment judged ;;
  buddy) echo --branch main --comment judged --var day=monday ;;
  esac
}

traffic() {
  say "traffic"
  serve_sandbox
  serve_prisms
  local service words asked run
  local -A pipelines=([azure-devops]=42 [matillion]='Load orders' [aliyun]=123 [buddy]=1 [yunxiao]=123)
  local -A unknown=([azure-devops]=999 [matillion]='No such load' [aliyun]=999 [buddy]=999 [yunxiao]=999)
  for service in "${services[@]}"; do
    read -ra words <<<"$(place "$service")"
    read -ra asked <<<"$(request "$service")"
    expect 0 start "$service" "${words[@]}" --pipeline "${pipelines[$service]}" "${asked[@]}" --watch
    run=$(answered ref)
    expect 0 status "$run"
    expect 0 logs "$run"
    expect 0 list "$service" "${words[@]}" --pipeline "${pipelines[$service]}"
    expect 0 start "$service" "${words[@]}" --pipeline "${pipelines[$service]}" "${asked[@]}"
    run=$(answered ref)
    expect 0 cancel "$run"
    expect 1 watch "$run"
    expect 3 start "$service" "${words[@]}" --pipeline "${unknown[$service]}" "${asked[@]}"
  done
  # A pipeline by its name: the lists that it is looked up in.
  expect 0 start azure-devops --organization acme --project Website --pipeline build --branch main
  # With a comment, because Prism takes a form without fields for no body at all.
  expect 0 start aliyun --organization-id 60d1c0ffee5ca1ab1e00feed --pipeline web-release --comment judged
  expect 0 start buddy --workspace acme --project website --pipeline test --branch main
  expect 0 start yunxiao --organization-id 60d1c0ffee5ca1ab1e00feed --pipeline web-release
  expect 0 preview azure-devops --organization acme --project Website --pipeline 42
  # Credentials that are not accepted.
  AZURE_DEVOPS_EXT_PAT=wrong expect 4 status azure-devops/acme/Website/42/7001
  MATILLION_CLIENT_ID='' MATILLION_CLIENT_SECRET='' MATILLION_TOKEN=wrong \
    expect 4 list matillion --project-id 3f0c9a52-6b1d-4c7e-9a44-2d5e8f7b1c60 --environment Production
  ALIBABA_CLOUD_ACCESS_KEY_SECRET=wrong expect 4 status aliyun/60d1c0ffee5ca1ab1e00feed/123/1
  BUDDY_TOKEN=wrong expect 4 status buddy/acme/website/1/1
  YUNXIAO_ACCESS_TOKEN=wrong expect 4 status yunxiao/60d1c0ffee5ca1ab1e00feed/123/1
  for service in "${services[@]}"; do
    judged "Prism's log of $service" quiet_log "$work/logs/prism-$service.log"
  done
}

# A log that tells of requests, and of no fault that did not become an error.
quiet_log() {
  grep -q 'Request received' "$1" && ! grep -E 'Violation|Request terminated with error' "$1"
}
