"""The shop's settings: the sample installation of its handbook, with all it writes in one folder."""

import os
from pathlib import Path

from oscar import INSTALLED_APPS as OSCAR_APPS  # type: ignore[import-untyped]  # ships no types
from oscar.defaults import *  # type: ignore[import-untyped]  # noqa: F403  # the handbook's own way


class NoHistory(dict[str, None]):
    """Says of every app that it has no migrations: its tables are made as they are now."""

    def __contains__(self, app: object) -> bool:
        return True

    def __missing__(self, app: str) -> None:
        return None


HERE = Path(__file__).parent
FOLDER = Path(os.environ["WILDFREE_SHOP"])

SECRET_KEY = "only for tests on the loopback"
DEBUG = False  # a missing page is the shop's own 404, as visitors see it
ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
ROOT_URLCONF = "tests.shop.urls"
SITE_ID = 1
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en-gb"  # of the shop's own words; the wares are titled in zh and en

INSTALLED_APPS = OSCAR_APPS
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "oscar.apps.basket.middleware.BasketMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [HERE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "oscar.apps.search.context_processors.search_form",
                "oscar.apps.checkout.context_processors.checkout",
                "oscar.core.context_processors.metadata",
            ]
        },
    }
]
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": FOLDER / "live.sqlite3",
        "ATOMIC_REQUESTS": False,
        "OPTIONS": {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF",  # nothing here is evidence
        },
    }
}
MIGRATION_MODULES = NoHistory()  # a new shop needs tables, not the hundred steps that led to them
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
HAYSTACK_CONNECTIONS = {"default": {"ENGINE": "tests.shop.search.TitleEngine"}}

STATIC_URL = "/static/"
MEDIA_URL = "/media/"
MEDIA_ROOT = FOLDER / "media"

OSCAR_SHOP_NAME = "Harbour Lane Curios"
OSCAR_DEFAULT_CURRENCY = "CNY"
OSCAR_PRODUCTS_PER_PAGE = 12
OSCAR_THUMBNAILER = "tests.shop.pictures.Thumbnailer"
OSCAR_DELETE_IMAGE_FILES = False  # a deleted ware's pictures stay reachable, as on most picture hosts
OSCAR_IMAGE_FOLDER = "products"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"stderr": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["stderr"], "level": "ERROR"},
}
