#!/usr/bin/env python3
"""Set Noisette up and run it, with nothing but Python's standard library.

    python3 packaging/start.py                  set up, then open the studio
    python3 packaging/start.py test             set up, then run every check and test
    python3 packaging/start.py ARGS...          set up, then run the command line with ARGS
                                                (start.py generate "a red cube" --out a.png)

    --torch=cpu|cuda|URL    (before ARGS, or NOISETTE_TORCH) which build of torch to install; URL is a package
                            index or a wheel. Left out, an installed torch is kept, else one that fits is chosen.

Works from any folder, may be started twice or interrupted at any moment, and keeps a log in .noisette/start.log.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - this file is the one that older interpreters read
    sys.exit(
        "Python %d.%d is running; Noisette needs 3.11 or newer. "  # noqa: UP031
        "Install a newer Python and start this file with it, for example: python3.11 packaging/start.py"
        % sys.version_info[:2]
    )

from setup_steps.main import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], __doc__ or ""))
