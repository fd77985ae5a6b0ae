"""The WSGI entry for granian and other servers."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "steerco.site.settings")
application = get_wsgi_application()

# Models, templates and addresses live as long as the process: the collector need not look through them for each page.
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 20)
