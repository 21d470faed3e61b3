"""`python -m sonnim`: the command line."""

from sonnim.cli.app import main

if __name__ == "__main__":
    main()
