"""Static files under hashed names, modules included."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFiles(CompressedManifestStaticFilesStorage):
    """Hashed, compressed, cached for ever; imports between ES modules are rewritten to the hashed names."""

    support_js_module_import_aggregation = True
    manifest_strict = False
