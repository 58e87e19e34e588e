#!/usr/bin/env python3
"""Draws the pictures of README: runs a program in a terminal of its own and writes what it showed as an animated SVG.

    pip install pyte==0.8.2
    cargo build
    docs/pictures/draw.py demo.svg target/debug/runpipe demo
    docs/pictures/draw.py watch.svg target/debug/runpipe start buddy … --watch      # against `runpipe sandbox`

Nothing is invented: each frame is a screen that the program has drawn, at the time at which it was drawn.
"""

import fcntl
import html
import os
import pty
import re
import select
import struct
import sys
import termios
import time

import pyte

COLUMNS, LINES = 108, 26
CELL_WIDTH, CELL_HEIGHT, MARGIN = 8.4, 18, 12
REST = 4.0  # seconds for which the last frame is shown
COLOURS = {
    "default": "#d4d4d4", "black": "#808080", "red": "#f48771", "green": "#89d185", "brown": "#e5c07b",
    "blue": "#6cb6ff", "magenta": "#d2a8ff", "cyan": "#76e3ea", "white": "#ffffff",
}


def record(command):
    """The screens that a command shows, each with its time, and the length of it all."""
    screen = pyte.Screen(COLUMNS, LINES)
    stream = pyte.ByteStream(screen)
    child, terminal = pty.fork()
    if child == 0:
        os.environ.update(TERM="xterm-256color", COLUMNS=str(COLUMNS))
        os.execvp(command[0], command)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
    begin, frames = time.monotonic(), []
    while True:
        # What is drawn within a moment belongs together.
        ready, _, _ = select.select([terminal], [], [], 0.08)
        if ready:
            try:
                data = os.read(terminal, 65536)
            except OSError:
                data = b""
            if not data:
                break
            stream.feed(data)
            continue
        shown = picture(screen)
        if not frames or frames[-1][1] != shown:
            frames.append((time.monotonic() - begin, shown))
    frames.append((time.monotonic() - begin, picture(screen)))
    _, status = os.waitpid(child, 0)
    if status != 0:
        sys.exit(f"{command[0]} ended with {os.waitstatus_to_exitcode(status)}")
    return frames


def picture(screen):
    """A screen as SVG: a text for each run of one style, at its place. Blank ones are left out."""
    texts = []
    for row in range(LINES):
        runs = []
        for column in range(COLUMNS):
            cell = screen.buffer[row][column]
            style = (COLOURS.get(cell.fg, COLOURS["default"]), "bold" if cell.bold else "normal")
            if not runs or runs[-1][1] != style:
                runs.append((column, style, ""))
            begin, style, text = runs.pop()
            runs.append((begin, style, text + cell.data))
        for column, (colour, weight), text in runs:
            if not text.strip():
                continue
            x, y = MARGIN + column * CELL_WIDTH, MARGIN + (row + 0.8) * CELL_HEIGHT
            # Its length is said, so that any font keeps the columns.
            texts.append(
                f'<text x="{x:.1f}" y="{y:.1f}" fill="{colour}" font-weight="{weight}" xml:space="preserve" '
                f'textLength="{len(text.rstrip()) * CELL_WIDTH:.1f}">{html.escape(text.rstrip())}</text>'
            )
    return "".join(texts)


def write(path, frames):
    lowest = max(float(y) for _, shown in frames for y in re.findall(r' y="([0-9.]+)"', shown))
    width, height = COLUMNS * CELL_WIDTH + 2 * MARGIN, lowest + MARGIN
    length = frames[-1][0] + REST
    ends = [begin for begin, _ in frames[1:]] + [length]
    style, groups = [], []
    for number, ((begin, shown), end) in enumerate(zip(frames, ends)):
        start, stop = 100 * begin / length, 100 * end / length
        style.append(
            f"@keyframes f{number}{{0%{{visibility:hidden}}{start:.2f}%{{visibility:visible}}"
            f"{stop:.2f}%{{visibility:hidden}}}}"
            f"#f{number}{{visibility:hidden;animation:f{number} {length:.1f}s step-end infinite}}"
        )
        groups.append(f'<g id="f{number}">{shown}</g>')
    # Who wants no movement sees the last frame.
    last = len(frames) - 1
    style.append(
        "@media (prefers-reduced-motion){g{animation:none!important}" f"#f{last}{{visibility:visible!important}}}}"
    )
    with open(path, "w", encoding="utf-8") as file:
        file.write(
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" '
            'font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,monospace" font-size="14">'
            f'<style>{"".join(style)}</style>'
            f'<rect width="100%" height="100%" rx="8" fill="#1e1e1e"/>{"".join(groups)}</svg>\n'
        )


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    write(sys.argv[1], record(sys.argv[2:]))
