"""Stands for a platform: a process that writes the moment to its standard output, evenly, so many times a second.

    python sender.py RATE COUNT

Each moment is one double of `time.perf_counter`, which all processes of a machine share.
"""

import struct
import sys
import time


def main(rate: float, count: int) -> None:
    """Write each moment when it has come; what is late is stamped with the moment at which it is written."""
    start = time.perf_counter()
    for number in range(count):
        left = start + number / rate - time.perf_counter()
        if left > 0:
            time.sleep(left)
        sys.stdout.buffer.write(struct.pack("d", time.perf_counter()))
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main(float(sys.argv[1]), int(sys.argv[2]))
