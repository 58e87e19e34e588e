"""Shows a recipe in a sandbox: check.py PROGRAM COMMAND...

The first start is held back by the service, and the program that made it is killed once the request is there. COMMAND
has to try again by itself, and to end well; then exactly one run was started.
"""

import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

HELD_BACK = {
    "rules": [
        {"service": "buddy", "operation": "runExecution", "answer": {"delay_seconds": 20}},
        {"times": "always", "run": {"takes_seconds": 3}},
    ]
}


def asked(url):
    """The starts that have come in, and the runs that were really started."""
    with urllib.request.urlopen(f"{url}/_sandbox/received?service=buddy") as answer:
        received = json.load(answer)["received"]
    with urllib.request.urlopen(f"{url}/_sandbox/") as answer:
        started = json.load(answer)["services"]["buddy"]["started"]
    return sum(one["operation"] == "runExecution" for one in received), started


def starters(ledger):
    """The processes of the program that start with this ledger."""
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes().split(b"\0")
            variables = (folder / "environ").read_bytes()
        except OSError:
            continue
        if words[0].endswith(b"runpipe") and b"start" in words and ledger.encode() in variables:
            yield int(folder.name)


def kill_the_first(url, ledger, killed):
    while asked(url)[0] == 0:
        time.sleep(0.05)
    for process in starters(ledger):
        os.kill(process, signal.SIGKILL)
        killed.append(process)


def main():
    program, command = pathlib.Path(sys.argv[1]).resolve(), sys.argv[2:]
    with tempfile.TemporaryDirectory() as folder:
        script = pathlib.Path(folder, "script.json")
        script.write_text(json.dumps(HELD_BACK))
        words = [program, "sandbox", "--port", "0", "--script", script, "--json"]
        sandbox = subprocess.Popen(words, stdout=subprocess.PIPE)
        try:
            variables = json.loads(sandbox.stdout.readline())["variables"]
            ledger = str(pathlib.Path(folder, "ledger"))
            path = f"{program.parent}{os.pathsep}{os.environ['PATH']}"
            more = {"RUNPIPE_LEDGER": ledger, "RUNPIPE_FLAGS": "--key-lease 2s", "PATH": path}
            url, killed = variables["RUNPIPE_BUDDY_URL"], []
            watch = threading.Thread(target=kill_the_first, args=(url, ledger, killed), daemon=True)
            watch.start()
            subprocess.run(command, env=os.environ | variables | more, check=True)
            (starts, started) = asked(url)
            print(f"killed {len(killed)}, starts sent {starts}, runs started {started}")
            assert len(killed) >= 1 and started == 1, "one run, by a later attempt than the first"
        finally:
            sandbox.kill()


main()
