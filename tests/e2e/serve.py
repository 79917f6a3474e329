"""The command that serves the site of `tests.e2e.site`; like the real one, it loads no application itself."""

import sys

from core.cli import main
from core.cli.serving import answering

if __name__ == "__main__":
    answering.APPLICATION = "tests.e2e.site:make"
    main(["serve", *sys.argv[1:]])
