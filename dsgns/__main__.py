"""``python -m dsgns``: the command line where its script is not on the path."""

from dsgns.cli import main

if __name__ == "__main__":
    main(prog_name="dsgns")
