#!/bin/sh
# Starts a run, waits for its end, and leaves the result where the CI system reads it.
#
#   ci/start.sh SERVICE FLAG…      the flags of `runpipe start SERVICE`
#
#   RUNPIPE            the program; `runpipe` unless set
#   RUNPIPE_DEADLINE   how long to wait, for example 1h30m; without it, to the end
#
# What it leaves: `ref`, `exit_code` and `meaning`. It ends with the program's own exit code; once a run was started,
# with none that says that nothing was.
set -u
runpipe=${RUNPIPE:-runpipe}
for word; do
  case $word in
    --json | --dry-run | --preview-run | -h | --help) echo "$word leaves no reference to wait for: leave it out" >&2; exit 2 ;;
  esac
done

code=0
ref=$("$runpipe" start "$@") || code=$?
if [ "$code" -eq 0 ]; then
  "$runpipe" watch "$ref" ${RUNPIPE_DEADLINE:+"--deadline=$RUNPIPE_DEADLINE"} || code=$?
  case $code in [2-6]) code=7 ;; esac
fi

case $code in
  0) meaning='the run succeeded' ;;
  1) meaning='the run ended without success' ;;
  2) meaning='the command line or a credential cannot be used; nothing was started' ;;
  3) meaning='the service refused the request' ;;
  4) meaning='the credential was not accepted' ;;
  5) meaning='the service could not be reached; nothing was started' ;;
  6) meaning='it is unknown whether a run was started: look before starting again' ;;
  7) meaning='the run was started, and was not followed to its end: it goes on' ;;
  *) meaning="the program ended with $code" ;;
esac

if [ -n "${GITHUB_OUTPUT:-}" ]; then
  printf 'ref=%s\nexit_code=%s\nmeaning=%s\n' "$ref" "$code" "$meaning" >>"$GITHUB_OUTPUT"
elif [ -n "${TF_BUILD:-}" ]; then
  for pair in "ref]$ref" "exit_code]$code" "meaning]$meaning"; do
    printf '##vso[task.setvariable variable=%s;isOutput=true]%s\n' "${pair%%]*}" "${pair#*]}"
  done
elif [ -n "${GITLAB_CI:-}" ]; then
  printf 'RUNPIPE_REF=%s\nRUNPIPE_EXIT_CODE=%s\n' "$ref" "$code" >runpipe.env
fi
echo "$meaning${ref:+: $ref}" >&2
exit "$code"
