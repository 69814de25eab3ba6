"""What `run.py` does: gets the packages, then starts, watches and stops the programs. Only the standard library."""
