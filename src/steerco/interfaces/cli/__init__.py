"""The command line: `steerco COMMAND`. See `main.COMMANDS`."""
