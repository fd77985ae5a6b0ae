"""Django's own command line, for engineers; users have `steerco`."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "steerco.site.settings")
    execute_from_command_line(sys.argv)
