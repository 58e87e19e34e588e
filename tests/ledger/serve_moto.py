"""Moto's server for S3, which does one request after the other.

Of two requests at once moto may check the condition of both before it writes either, so that both succeed. S3 itself
checks and writes in one step.
"""

import threading

from werkzeug import serving

serve = serving.run_simple
turn = threading.Lock()


def in_turn(app):
    def answer(environ, start_response):
        with turn:
            return list(app(environ, start_response))

    return answer


serving.run_simple = lambda host, port, app, **named: serve(host, port, in_turn(app), **named)

from moto.server import main  # noqa: E402

main()
