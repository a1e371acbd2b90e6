"""The forum's settings: those of the project that spirit makes, with all it writes in one folder."""

import os
from pathlib import Path

from spirit.extra.project_template.project_name.settings.base import *  # type: ignore[import-untyped]  # noqa: F403
from spirit.extra.project_template.project_name.settings.base import (
    HAYSTACK_CONNECTIONS,
    MIDDLEWARE,
)

FOLDER = Path(os.environ["WILDFREE_FORUM"])

SECRET_KEY = "only for tests on the loopback"
DEBUG = False  # a missing topic is the forum's own 404, as visitors see it
ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
ROOT_URLCONF = "tests.forum.urls"
ST_SITE_URL = "http://127.0.0.1/"
MIDDLEWARE = [
    "tests.forum.urls.Closing",
    *(each for each in MIDDLEWARE if not each.endswith("LocaleMiddleware")),  # in English to everyone
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": FOLDER / "live.sqlite3",
        "OPTIONS": {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF",  # nothing here is evidence
        },
    }
}
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    "st_rate_limit": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "spirit_rl_cache",
        "TIMEOUT": None,
    },
}
HAYSTACK_CONNECTIONS["default"]["PATH"] = str(FOLDER / "index")  # Whoosh, as spirit comes

MEDIA_ROOT = FOLDER / "media"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"stderr": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["stderr"], "level": "ERROR"},
}
